"""Options that confine a search: `--region`, `--exclude`, `--near`."""

import argparse
from dataclasses import dataclass

import numpy as np

from difffit_core.data.poses import Poses
from difffit_core.data.region import Near, Region
from difffit_core.data.structure import Structure
from difffit_core.errors import SettingsError
from difffit_core.files.regions import read_region

SHAPES = "sphere:x,y,z,r | box:x0,y0,z0,x1,y1,z1 (Å) | mask:FILE[:level] | segment:FILE:value"


@dataclass(frozen=True)
class SearchLimits:
    """Where to search: in a region, within a distance (Å) and an angle (degrees) of where a structure stands."""

    region: Region | None = None
    reach: tuple[float, float] | None = None

    def near(self, structure: Structure) -> Near | None:
        """The neighbourhood of where this structure stands; None when that was not asked for."""
        if self.reach is None:
            return None
        return Near(Poses(np.array([[0.0, 0.0, 0.0, 1.0]]), structure.centroid_xyz[None]), *self.reach)


def add_limits(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    group = parser.add_argument_group(
        "where to search",
        "A structure is where its centroid is. Outside of a mask or segment (inside of an excluded one) density is "
        "hidden from the search, but not from the scores.",
    )
    group.add_argument(
        "--region", action="append", default=[], metavar="SHAPE", help=f"search here only; repeatable: {SHAPES}"
    )
    group.add_argument("--exclude", action="append", default=[], metavar="SHAPE", help="and not here; repeatable")
    group.add_argument(
        "--near", metavar="Å,DEGREES", help="search around where the structure stands, as in --near 10,30"
    )


def limits_of(options: argparse.Namespace) -> SearchLimits:
    """What was asked for; SettingsError when it cannot be understood."""
    return SearchLimits(read_region(options.region, options.exclude), _reach(options.near))


def _reach(text: str | None) -> tuple[float, float] | None:
    if text is None:
        return None
    try:
        shift, angle = (float(part) for part in text.split(","))
    except ValueError:
        raise SettingsError(
            f"--near {text} is not a distance and an angle; write --near 10,30 for 10 Å and 30°."
        ) from None
    return shift, angle
