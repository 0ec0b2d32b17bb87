"""The map that a library is searched in, so described that every process can prepare it for itself."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from difffit_core.data.region import Region
from difffit_core.errors import SettingsError
from difffit_core.events import Job, run
from difffit_core.files.checksums import checksum_of
from difffit_core.files.map_files import read_volume
from difffit_core.files.regions import read_region
from difffit_core.fit.fit_structure import prepare
from difffit_core.fit.target import Target
from difffit_core.settings import PAPER_SETTINGS, FitSettings

_NOT_PART = (*PAPER_SETTINGS, "preset", "starts", "device", "backend", "objective")
_preparing = Lock()  # two candidates at once would both prepare the map


@dataclass(frozen=True)
class ScanCase:
    """A map file, the part of it to search (as `files.regions` reads it), and how to fit."""

    map_path: Path
    settings: FitSettings
    region: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.settings.preset == "paper" or self.settings.objective != "correlation":
            raise SettingsError(
                "A library is ranked by correlation: choose the preset fast, balanced or exhaustive, "
                "and the objective correlation."
            )


@dataclass(frozen=True)
class Ground:
    """What candidates are fitted into."""

    target: Target
    region: Region | None


def settle(case: ScanCase) -> Job[ScanCase]:
    """The case with contour level and resolution as they were suggested where none were given."""
    volume = read_volume(case.map_path)
    target = yield from prepare(volume, case.settings)
    known = replace(case.settings, level=target.contour_level, resolution=target.resolution)
    return replace(case, map_path=case.map_path.resolve(), settings=known)


def ground_of(case: ScanCase) -> Ground:
    """The prepared map of a settled case; made once in a process and shared by all candidates."""
    with _preparing:
        settings = case.settings
        return _ground(case.map_path, settings.level, settings.resolution, case.region, case.exclude)


def identity_of(case: ScanCase) -> dict[str, Any]:
    """What must be the same for results to be comparable: map, region, and settings but the effort."""
    settings = {name: value for name, value in asdict(case.settings).items() if name not in _NOT_PART}
    return {
        "map": case.map_path.name,
        "map_sha256": checksum_of(case.map_path).sha256,
        "region": list(case.region),
        "exclude": list(case.exclude),
        "settings": settings,
    }


def fingerprint(identity: Mapping[str, Any]) -> str:
    """The same for the same identity."""
    return hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()[:32]


@lru_cache(maxsize=2)
def _ground(
    path: Path, level: float | None, resolution: float | None, region: tuple[str, ...], exclude: tuple[str, ...]
) -> Ground:
    target = run(prepare(read_volume(path), FitSettings(level=level, resolution=resolution)))
    return Ground(target, read_region(region, exclude))
