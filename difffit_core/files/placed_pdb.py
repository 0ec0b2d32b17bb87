"""A placed copy of a PDB file: every record stays, only what depends on the frame changes.

Atoms, ANISOU, NCS (MTRIX) and assembly (BIOMT) operators move. CRYST1 becomes what the PDB writes for cryo-EM entries,
for the reason given in placed_cif.py; ORIGX, SCALE and the bookkeeping that no longer holds (MASTER, SIGATM, SIGUIJ)
are left out.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from difffit_core.errors import StructureFileError
from difffit_core.files.rigid import Matrix, moved_operators, moved_points, moved_tensors

_ATOM_RECORDS = ("ATOM  ", "HETATM")
_LEFT_OUT = ("ORIGX", "SCALE", "MASTER", "SIGATM", "SIGUIJ")
_NO_CRYSTAL = "CRYST1    1.000    1.000    1.000  90.00  90.00  90.00 P 1           1"
_OPERATOR = re.compile(r"(?:MTRIX[123] ...|REMARK 350   BIOMT[123] ...)", re.IGNORECASE)
_CHAIN_COLUMN = {  # of records that speak of one chain (or of two, the first of them)
    **dict.fromkeys(("DBREF ", "DBREF1", "DBREF2", "HET   "), 12),
    **dict.fromkeys(("SEQADV", "MODRES"), 16),
    **dict.fromkeys(("SSBOND", "CISPEP"), 15),
    **dict.fromkeys(("LINK  ", "SHEET ", "TER   "), 21),
    "SEQRES": 11,
    "HELIX ": 19,
}
_OPERATOR_COLUMNS = [(0, 10), (10, 10), (20, 10), (30, 15)]  # offset and width of the numbers in one line
_SMALLEST, _LARGEST = -999.9995, 9999.9995  # Å, what eight columns hold


@dataclass(frozen=True)
class _Fields:
    """Numbers in the same columns of many lines, and how they move."""

    lines: list[int]  # which lines
    columns: list[tuple[int, int]]  # begin and end of each number in its line
    values: Float64[ndarray, "line number"]
    form: str  # of all the numbers together

    def texts(self, values: Float64[ndarray, "line number"]) -> list[str]:
        return (f"{self.form}\n" * len(values) % tuple(values.ravel().tolist())).split("\n")


@dataclass(frozen=True)
class _Operator:
    """A symmetry operator in three lines, its numbers from column `begin` on."""

    lines: list[int]
    begin: int
    matrix: Float64[ndarray, "3 4"]


def pdb_placer(path: Path, text: bytes, chains: tuple[str, ...] | None) -> Callable[[Matrix], str]:
    """A function from map_from_model to the text of the placed copy, with these chains only if any are named."""
    lines = [line for line in text.decode("latin-1").splitlines() if not line.upper().startswith(_LEFT_OUT)]
    lines = [_NO_CRYSTAL if line.upper().startswith("CRYST1") else line for line in lines]
    if chains is not None:
        lines = _of_chains(lines, set(chains))
    atoms = _fields(path, lines, _ATOM_RECORDS, [(30, 38), (38, 46), (46, 54)], "%8.3f%8.3f%8.3f")
    tensors = _fields(path, lines, ("ANISOU",), [(i, i + 7) for i in range(28, 70, 7)], "%7.0f" * 6)
    operators = _operators(lines)

    def place(map_from_model: Matrix) -> str:
        placed = list(lines)
        moved = moved_points(atoms.values, map_from_model)
        refuse_what_pdb_cannot_hold(path, moved)
        _put(placed, atoms, moved)
        _put(placed, tensors, moved_tensors(tensors.values, map_from_model))
        for operator in operators:
            _put_operator(placed, operator, map_from_model)
        return "\n".join(placed) + "\n"

    return place


def refuse_what_pdb_cannot_hold(path: Path, xyz: Float64[ndarray, "atom 3"]) -> None:
    """Raise a sentence when a coordinate (Å) does not fit into the eight columns that PDB has for it."""
    with np.errstate(invalid="ignore"):
        outside = ((xyz <= _SMALLEST) | (xyz >= _LARGEST)).any()
    if outside:
        raise StructureFileError(
            f"{path.name} would lie more than 9999 Å (or less than −999 Å) from the map's origin, "
            "which PDB files cannot hold; choose the format cif."
        )


def _fields(
    path: Path, lines: list[str], records: tuple[str, ...], columns: list[tuple[int, int]], form: str
) -> _Fields:
    chosen = [index for index, line in enumerate(lines) if line[:6].upper().ljust(6) in records]
    try:
        texts = [[lines[index][begin:end] for begin, end in columns] for index in chosen]
        values = np.array(texts, dtype=np.float64).reshape(-1, len(columns))
    except ValueError as cause:
        raise StructureFileError(f"{path.name} has {records[0].strip()} records without numbers; repair it.") from cause
    return _Fields(chosen, columns, values, form)


def _put(lines: list[str], fields: _Fields, values: Float64[ndarray, "line number"]) -> None:
    begin, end = fields.columns[0][0], fields.columns[-1][1]
    usable = np.isfinite(values).all(axis=1).tolist()
    for index, numbers, good in zip(fields.lines, fields.texts(values), usable, strict=False):
        if good:
            lines[index] = lines[index][:begin] + numbers + lines[index][end:]


def _operators(lines: list[str]) -> list[_Operator]:
    """The operators written in three lines each; what cannot be read as one stays as it is."""
    found = [index for index, line in enumerate(lines) if _OPERATOR.match(line)]
    triples = [found[i : i + 3] for i in range(0, len(found) - 2, 3)]
    operators = []
    for triple in triples:
        begin = 23 if lines[triple[0]].upper().startswith("REMARK") else 10
        with suppress(ValueError):
            rows = [[float(lines[i][begin + c : begin + c + w]) for c, w in _OPERATOR_COLUMNS] for i in triple]
            operators.append(_Operator(triple, begin, np.array(rows)))
    return operators


def _put_operator(lines: list[str], operator: _Operator, map_from_model: Matrix) -> None:
    moved = moved_operators(operator.matrix.reshape(1, 12), map_from_model).reshape(3, 4)
    for index, (x, y, z, shift) in zip(operator.lines, moved.tolist(), strict=True):
        numbers = f"{x:10.6f}{y:10.6f}{z:10.6f}     {shift:10.5f}"
        lines[index] = lines[index][: operator.begin] + numbers + lines[index][operator.begin + 45 :]


def _of_chains(lines: list[str], chains: set[str]) -> list[str]:
    """The lines without the records of other chains."""
    kept: list[str] = []
    serials: set[str] = set()
    for line in lines:
        record = line[:6].upper().ljust(6)
        if record in (*_ATOM_RECORDS, "ANISOU"):
            if line[20:22].strip() not in chains:
                continue
            serials.add(line[6:11])
        elif record in _CHAIN_COLUMN:
            column = _CHAIN_COLUMN[record]
            if len(line) > column and line[column - 1 : column + 1].strip() not in chains:
                continue
            if record == "TER   " and not (kept and kept[-1][:6].upper() in (*_ATOM_RECORDS, "ANISOU")):
                continue
        elif record == "CONECT" and line[6:11] not in serials:
            continue
        kept.append(line)
    return kept
