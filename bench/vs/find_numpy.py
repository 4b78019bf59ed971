"""The search of bench/find.bench.ts with astropy and numpy: reads the index, then times the search alone several times.

Prints JSON: the seconds of reading, the median seconds of searching, and the number of rows found.
"""

import json
import statistics
import sys
import time
import warnings

import numpy as np
from astropy.coordinates import angular_separation
from astropy.io import fits

path, ra, dec, radius, rounds = sys.argv[1], *map(float, sys.argv[2:5]), int(sys.argv[5])
warnings.simplefilter("ignore")


def search(table):
    separation = angular_separation(
        np.radians(ra), np.radians(dec), np.radians(table["RA_PNT"]), np.radians(table["DEC_PNT"])
    )
    inside = np.degrees(separation) <= radius
    return np.flatnonzero(
        inside & (table["ZEN_PNT"] < 50) & (table["LIVETIME"] > 1500) & ((table["N_TELS"] == 4) | (table["QUALITY"] == 0))
    )


start = time.perf_counter()
with fits.open(path) as hdus:
    table = hdus[1].data
    rows = search(table)
    first = time.perf_counter() - start
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        rows = search(table)
        seconds.append(time.perf_counter() - start)
print(json.dumps({"firstSeconds": first, "searchSeconds": statistics.median(seconds), "rows": len(rows)}))
