"""Predicted aligned errors (PAE) as AlphaFold DB, AlphaFold 2, AlphaFold 3 and ColabFold write them in JSON."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32
from numpy import ndarray

from difffit_core.errors import StructureFileError
from difffit_core.files.compression import open_plain
from difffit_core.files.limits import MOST_TEXT, parse_json, read_at_most

_MATRIX_NAMES = ("predicted_aligned_error", "pae")
_MOST = 20_000  # residues: more than any predictor can do, and a matrix of 1.6 GB


@dataclass(frozen=True)
class Pae:
    """Expected error (Å) of token j's position when prediction and truth are superposed on token i.

    A token is a residue; AlphaFold 3 makes one of every atom of ligands and modified residues.
    """

    error: Float32[ndarray, "token token"]
    tokens: tuple[tuple[str, int], ...] | None  # chain and residue number of each; None where the file does not say
    path: Path


def read_pae(path: Path | str) -> Pae:
    """The predicted aligned errors in a JSON file (gzip and bzip2 too); StructureFileError when there are none."""
    path = Path(path)
    with open_plain(path, StructureFileError) as (stream, _):
        text = read_at_most(stream, MOST_TEXT)
        if text is None:
            raise StructureFileError(f"{path.name} holds more than {MOST_TEXT >> 20:,} MB; choose the right file.")
        return _pae_of(path, text)


def _pae_of(path: Path, text: bytes) -> Pae:
    try:
        content = parse_json(text)
    except ValueError as cause:
        raise StructureFileError(f"{path.name} is not complete JSON; download or copy it again.") from cause
    entry = content[0] if isinstance(content, list) and content else content
    if not isinstance(entry, dict):
        raise _without_errors(path)
    error = _matrix(path, entry)
    return Pae(error, _tokens(path, entry, len(error)), path)


def _matrix(path: Path, entry: dict[str, Any]) -> Float32[ndarray, "token token"]:
    listed = next((entry[name] for name in _MATRIX_NAMES if name in entry), None)
    try:
        if listed is not None:
            error = _floats(listed)
        elif "distance" in entry and "residue1" in entry and "residue2" in entry:
            error = _from_pairs(entry)
        else:
            raise _without_errors(path)
    except (ValueError, TypeError, IndexError, OverflowError) as cause:
        raise _damaged(path) from cause
    if error.ndim != 2 or error.shape[0] != error.shape[1] or not len(error) or not np.isfinite(error).all():
        raise _damaged(path)
    return error


def _from_pairs(entry: dict[str, Any]) -> Float32[ndarray, "token token"]:
    """The form of AlphaFold DB's first two versions: three lists with an entry for every pair of residues."""
    first, second = np.array(entry["residue1"], np.int64), np.array(entry["residue2"], np.int64)
    count = int(first.max())
    if not 0 < count <= _MOST or first.min() < 1 or second.min() < 1 or len(first) != count * count:
        raise ValueError("pairs are missing")
    error = np.full((count, count), np.nan, np.float32)
    error[first - 1, second - 1] = _floats(entry["distance"])
    return error


def _floats(listed: Any) -> Float32[ndarray, "*n"]:
    with np.errstate(over="ignore"):  # what becomes infinite is refused
        return np.array(listed, np.float32)


def _tokens(path: Path, entry: dict[str, Any], count: int) -> tuple[tuple[str, int], ...] | None:
    chains, numbers = entry.get("token_chain_ids"), entry.get("token_res_ids")
    if chains is None or numbers is None:
        return None
    try:
        tokens = tuple((str(chain), int(number)) for chain, number in zip(chains, numbers, strict=True))
    except (ValueError, TypeError, OverflowError) as cause:
        raise _damaged(path) from cause
    if len(tokens) != count:
        raise _damaged(path)
    return tokens


def _without_errors(path: Path) -> StructureFileError:
    return StructureFileError(
        f"{path.name} holds no predicted aligned errors; choose the PAE file of AlphaFold DB, the confidences of "
        "AlphaFold 3 or the scores of ColabFold."
    )


def _damaged(path: Path) -> StructureFileError:
    return StructureFileError(
        f"The predicted aligned errors in {path.name} are no square table of numbers; download or copy it again."
    )
