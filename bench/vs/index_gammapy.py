"""The work of bench/index.bench.ts by gammapy: makes index tables from the headers of event files.

Prints JSON: the seconds of the call alone, the CPU seconds of all, the number of rows, and the peak memory in bytes.
"""

import json
import resource
import sys
import time
import warnings

warnings.simplefilter("ignore")

from gammapy.data import DataStore

start = time.perf_counter()
store = DataStore.from_events_files(sys.argv[1:])
seconds = time.perf_counter() - start
usage = resource.getrusage(resource.RUSAGE_SELF)
print(
    json.dumps(
        {
            "seconds": seconds,
            "cpuSeconds": usage.ru_utime + usage.ru_stime,
            "observations": len(store.obs_table),
            "peakBytes": usage.ru_maxrss * 1024,
        }
    )
)
