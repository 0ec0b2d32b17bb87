"""Sessions and commands as JSON, arrays set aside under names that follow from their content.

Only the types listed here are ever made from a file: opening a stranger's project runs none of their code.
"""

import hashlib
import math
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy import ndarray

from difffit_core.data.poses import Poses
from difffit_core.data.removal import Removal, RemovalSettings
from difffit_core.data.results import Cluster, FitResult, Placements, Scores
from difffit_core.data.structure import Structure
from difffit_core.data.volume import Volume
from difffit_core.data.well_formed import require_declared_types
from difffit_core.document.copies import CopyItem, RemovalItem
from difffit_core.document.session import ClusterId, FitItem, MapItem, Session, StructureItem
from difffit_core.errors import ProjectError
from difffit_core.settings import FitSettings

SMALL = 24  # values: a pose is readable in the JSON itself and needs no file of its own

Keep = Callable[[ndarray], str]  # sets an array aside and gives its name
Refer = Callable[[Volume | Structure], str]  # the name under which a map's or structure's file is known
_TYPES: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (
        Session, MapItem, StructureItem, FitItem, CopyItem, RemovalItem, ClusterId, FitSettings, RemovalSettings,
        FitResult, Cluster, Placements, Poses, Scores, Removal,
    )
}  # fmt: skip


def array_name(array: ndarray) -> str:
    """The same for the same numbers, so an array that many items share is written once."""
    digest = hashlib.sha256(f"{array.dtype.str}{array.shape}".encode())
    digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()[:32]


def to_plain(value: Any, keep: Keep, refer: Refer) -> Any:
    """What JSON can hold; dataclasses name their type."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else {"number": repr(value)}
        case Volume() | Structure():
            return {"file": refer(value)}
        case np.generic():
            return to_plain(value.item(), keep, refer)
        case ndarray():
            return _plain_array(value, keep)
        case Path():
            return {"path": value.as_posix()}
        case Mapping():
            return {"table": {str(key): to_plain(entry, keep, refer) for key, entry in value.items()}}
        case tuple() | list():
            return [to_plain(entry, keep, refer) for entry in value]
        case _ if is_dataclass(value):
            given = {f.name: to_plain(getattr(value, f.name), keep, refer) for f in fields(value) if f.init}
            return {"type": type(value).__name__, **given}
    raise TypeError(f"{type(value).__name__} has no place in a project file")


def from_plain(plain: Any, stored: Callable[[str], ndarray], files: Mapping[str, Volume | Structure]) -> Any:
    """What `to_plain` was given; ProjectError when it is something else."""
    try:
        return _value(plain, stored, files)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError) as cause:
        reason = f"{type(cause).__name__}: {cause}".partition("\n")[0]
        raise ProjectError(
            f"The project file is damaged ({reason}); open an older copy or an autosave of it."
        ) from cause


def _value(plain: Any, stored: Callable[[str], ndarray], files: Mapping[str, Volume | Structure]) -> Any:
    if isinstance(plain, list):
        return tuple(_value(entry, stored, files) for entry in plain)
    if not isinstance(plain, dict):
        return plain
    match plain:
        case {"type": str(kind), **given}:
            made = _TYPES[kind](**{name: _value(entry, stored, files) for name, entry in given.items()})
            require_declared_types(made)
            return made
        case {"table": dict(table)}:
            return {key: _value(entry, stored, files) for key, entry in table.items()}
        case {"stored": str(name)}:
            return stored(name)
        case {"values": values, "dtype": str(dtype), "shape": list(shape)}:
            return _array(values, dtype).reshape(shape)
        case {"file": str(name)}:
            return files[name]
        case {"path": str(path)}:
            return Path(PurePosixPath(path))
        case {"number": str(number)}:
            return float(number)
    raise ValueError(f"unknown entry {sorted(plain)}")


def _array(values: Any, dtype: str) -> ndarray:
    kind = np.dtype(dtype)
    if kind.kind not in "iufb" or not isinstance(values, list) or len(values) > SMALL:
        raise ValueError(f"{dtype} is no kind of small arrays")
    return np.array(values, dtype=kind)


def _plain_array(array: ndarray, keep: Keep) -> dict[str, Any]:
    if array.size > SMALL or array.dtype.kind not in "iufb" or not np.isfinite(array).all():
        return {"stored": keep(array)}
    return {"values": array.ravel().tolist(), "dtype": array.dtype.str, "shape": list(array.shape)}
