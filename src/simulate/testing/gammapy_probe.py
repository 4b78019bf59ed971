"""Opens a store with gammapy and prints what it finds and predicts, as one JSON object.

Usage: gammapy_probe.py STORE TRUTH.json POSITION...

For the observations at the given positions of the truth, the counts that gammapy predicts from the IRFs of the store
and the true spectra are compared with the events, over the whole field and in parts of it.
"""

import json
import logging
import sys
import warnings

import astropy.units as u
import numpy as np
from astropy.coordinates import AltAz, SkyCoord
from astropy.time import Time
from astropy.utils import iers

iers.conf.auto_download = False
iers.conf.auto_max_age = None
warnings.simplefilter("ignore")
logging.disable(logging.WARNING)

from gammapy.data import DataStore  # noqa: E402
from gammapy.datasets import MapDataset, SpectrumDataset  # noqa: E402
from gammapy.makers import MapDatasetMaker, SpectrumDatasetMaker  # noqa: E402
from gammapy.maps import MapAxis, RegionGeom, WcsGeom  # noqa: E402
from gammapy.modeling.models import PowerLawSpectralModel, SkyModel  # noqa: E402
from regions import CircleSkyRegion  # noqa: E402


def integrals(obs):
    """Largest deviation from 1 of the integral of energy dispersion and PSF, in any bin."""
    edisp, psf = obs.edisp, obs.psf
    migration = (edisp.data * edisp.axes["migra"].bin_width.value[None, :, None]).sum(axis=1)
    found = {"edisp": float(abs(migration - 1).max())}
    if "rad" in psf.axes.names:
        edges = psf.axes["rad"].edges
        ring = (2 * np.pi * u.sr) * (np.cos(edges[:-1]) - np.cos(edges[1:]))
        found["psf"] = float(abs((psf.quantity * ring).sum(axis=-1).to_value("") - 1).max())
    else:
        pars = psf.quantity
        sigmas = [pars[f"sigma_{i}"].to_value("rad") for i in (1, 2, 3)]
        amplitudes = [1, pars["ampl_2"].value, pars["ampl_3"].value]
        integral = 2 * pars["scale"].to_value("sr-1") * sum(a * s**2 for a, s in zip(amplitudes, sigmas))
        found["psf"] = float(abs(integral - 1).max())
    return found


def describe(obs, row):
    """What gammapy and astropy make of one observation and its row in the observation index."""
    events = obs.events
    location = obs.observatory_earth_location
    middle = Time(51910 + 7.428703703703703e-4, row["TMID"] / 86400, format="mjd", scale="tt")
    altaz = obs.pointing_radec.transform_to(AltAz(obstime=middle, location=location))
    indexed = SkyCoord(row["AZ_PNT"], row["ALT_PNT"], unit="deg", frame=altaz.frame.replicate_without_data())
    start = Time(f"{row['DATE_OBS']}T{row['TIME_OBS']}", scale="tt")
    header_start = Time(events.table.meta["DATE-OBS"], scale="tt")
    # In single precision, as gammapy keeps them, directions are not good enough for this.
    directions = SkyCoord(*(events.table[name].astype(float) for name in ("RA", "DEC")), unit="deg")
    field = directions.transform_to(obs.pointing_radec.skyoffset_frame())
    return {
        "obsId": int(row["OBS_ID"]),
        "hdus": obs.available_hdus,
        "events": len(events.table),
        "integrals": integrals(obs),
        "altazErrorDeg": float(altaz.separation(indexed).deg),
        "startErrorSeconds": max(float(abs((t - obs.tstart).sec)) for t in (start, header_start)),
        "fieldErrorDeg": float(
            max(
                abs(field.lon.wrap_at("180d").deg - events.table["DETX"]).max(),
                abs(field.lat.deg - events.table["DETY"]).max(),
            )
        ),
    }


def compare(obs, source):
    """Found and predicted counts in parts of the field of view, between 0.12 and 80 TeV."""
    position = SkyCoord(source["direction"]["raDeg"], source["direction"]["decDeg"], unit="deg")
    energy = MapAxis.from_energy_bounds("0.12 TeV", "80 TeV", nbin=25)
    sums = compare_background(obs, position, energy)
    for radius in (0.1, 0.25):
        region = CircleSkyRegion(position, radius * u.deg)
        found, predicted = spectrum_counts(obs, region, energy, source["spectrum"])
        above = energy.edges[:-1] > 1 * u.TeV
        sums[f"within {radius} deg"] = [float(found.sum()), float(predicted.sum())]
        sums[f"within {radius} deg, above 1 TeV"] = [float(found[above].sum()), float(predicted[above].sum())]
    return sums


def compare_background(obs, position, energy):
    """Counts far from the source: only background, predicted from its model."""
    # The edges of the background model fall on edges of pixels.
    geom = WcsGeom.create(skydir=obs.pointing_radec, width=5.6, binsz=0.1, axes=[energy], proj="TAN")
    empty = MapDataset.create(geom)
    maker = MapDatasetMaker(
        selection=["counts", "background"],
        background_oversampling=4,
        # By default gammapy adds a ring of background beyond the last offset of a BKG_2D.
        background_pad_offset=False,
    )
    dataset = maker.run(empty, obs)
    coords = geom.to_image().get_coord().skycoord
    field = coords.transform_to(obs.pointing_radec.skyoffset_frame())
    far = coords.separation(position) > 0.8 * u.deg
    parts = {
        "far": far,
        "far north": far & (field.lat > 0),
        "far south": far & (field.lat < 0),
        "far east": far & (field.lon.wrap_at("180d") > 0),
    }
    maps = (dataset.counts.data, dataset.background.data)
    return {name: [float(data[:, part].sum()) for data in maps] for name, part in parts.items()}


def spectrum_counts(obs, region, energy, spectrum):
    """Counts in a region around the source and their prediction, per energy bin."""
    energy_true = MapAxis.from_energy_bounds("0.1 TeV", "100 TeV", nbin=90, name="energy_true")
    geom = RegionGeom.create(region=region, axes=[energy])
    empty = SpectrumDataset.create(geom=geom, energy_axis_true=energy_true)
    dataset = SpectrumDatasetMaker(containment_correction=True).run(empty, obs)
    model = PowerLawSpectralModel(
        index=spectrum["index"],
        amplitude=spectrum["amplitude"] * u.Unit("cm-2 s-1 TeV-1"),
        reference=spectrum["referenceTev"] * u.TeV,
    )
    dataset.models = [SkyModel(spectral_model=model)]
    return dataset.counts.data[:, 0, 0], dataset.npred().data[:, 0, 0]


def main(path, truth_path, positions):
    with open(truth_path) as file:
        truth = json.load(file)
    sources = {source["name"]: source for source in truth["sources"]}
    store = DataStore.from_dir(path)
    observations = store.get_observations(required_irf="full-enclosure")
    found = {
        "records": [record for record in store.check() if record["level"] != "debug"],
        "observations": [describe(obs, row) for obs, row in zip(observations, store.obs_table)],
        "comparisons": [
            compare(observations[position], sources[truth["observations"][position]["object"]])
            for position in positions
        ],
    }
    json.dump(found, sys.stdout, default=str)


main(sys.argv[1], sys.argv[2], [int(position) for position in sys.argv[3:]])
