"""Copies all observations of a store as a user of gammapy would: bench/copy.bench.ts."""

import pathlib
import sys
import warnings

warnings.simplefilter("ignore")

from gammapy.data import DataStore  # noqa: E402

store, target = sys.argv[1:3]
pathlib.Path(target).mkdir()
data_store = DataStore.from_dir(store)
data_store.copy_obs(data_store.obs_table["OBS_ID"].data, target)
