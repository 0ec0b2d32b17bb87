"""Reading structures (PDB, mmCIF; gzip and bzip2 as they are)."""

from collections.abc import Sequence
from pathlib import Path

import gemmi
import numpy as np
from jaxtyping import Bool, UInt8
from numpy import ndarray

from difffit_core.data.structure import Structure, StructureSource
from difffit_core.errors import StructureFileError
from difffit_core.files.atom_table import AtomTable
from difffit_core.files.limits import within_memory
from difffit_core.files.secondary_structure_records import Segment, segments_of_cif, segments_of_pdb, spread
from difffit_core.files.structure_parsing import (
    atom_block,
    format_of,
    load_source,
    parse_cif,
    parse_pdb,
    structure_of_cif,
    uncompressed,
)

_CARBON, _LARGEST_ELEMENT = 6, 118


def read_structure(path: Path | str, *, chains: Sequence[str] | None = None) -> Structure:
    """Heavy atoms of the first model (of these chains only, if given), one alternate location each, without water."""
    path = Path(path)
    wanted = None if chains is None else tuple(dict.fromkeys(chains))
    return structure_of_source(load_source(path, wanted))


def structure_of_source(source: StructureSource) -> Structure:
    """The structure whose file has this content."""
    with within_memory(source.path.name, StructureFileError):
        return _read(source)


def _read(source: StructureSource) -> Structure:
    parsed, segments = parse_source(source)
    if len(parsed) == 0 or parsed[0].count_atom_sites() == 0:
        raise StructureFileError(f"{source.path.name} holds no atoms; check that it is the right file.")
    table = AtomTable(parsed)
    keep = _of_chains(source, table) & ~table.is_water & ~table.is_hydrogen
    if not keep.any():
        raise StructureFileError(f"{source.path.name} holds only water or hydrogen; choose a file with a molecule.")
    keep &= _best_alternates(table)
    if not np.isfinite(table.xyz[keep]).all():
        raise StructureFileError(f"{source.path.name} has atoms without coordinates (NaN); repair the file first.")
    return _structure(source, table, keep, spread(segments, table.chain, table.number, table.insertion))


def parse_source(source: StructureSource) -> tuple[gemmi.Structure, list[Segment]]:
    """What gemmi makes of the content, and the helices and strands that the file lists."""
    text = uncompressed(source)
    if format_of(source.path, text) == "pdb":
        parsed = parse_pdb(source.path, text)
        return parsed, segments_of_pdb(parsed)
    document = parse_cif(source.path, text)
    parsed = structure_of_cif(source.path, document)
    return parsed, segments_of_cif(atom_block(document), parsed)


def _of_chains(source: StructureSource, table: AtomTable) -> Bool[ndarray, " atom"]:
    if source.chains is None:
        return np.ones(len(table.chain), dtype=bool)
    there = list(dict.fromkeys(table.chain.tolist()))
    missing = [name for name in source.chains if name not in there]
    if missing or not source.chains:
        shown = ", ".join(there[:20]) + (" …" if len(there) > 20 else "")
        raise StructureFileError(
            f"{source.path.name} has no chain {', '.join(missing) or '(none named)'}; it has {shown}."
        )
    return np.isin(table.chain, source.chains)


def _best_alternates(table: AtomTable) -> Bool[ndarray, " atom"]:
    """For every atom name in a residue with alternates the one of highest occupancy, the first of equals."""
    keep = np.ones(len(table.name), dtype=bool)
    if not table.alternate.any():
        return keep
    residues = table.residue_index
    affected = np.unique(residues[table.alternate])
    starts, stops = np.searchsorted(residues, affected), np.searchsorted(residues, affected, side="right")
    for start, stop in zip(starts, stops, strict=True):
        keep[start:stop] = _best_in_residue(table, slice(start, stop))
    return keep


def _best_in_residue(table: AtomTable, rows: slice) -> Bool[ndarray, " row"]:
    """Which atoms of one residue stay; where two residue types share the place, the one of higher occupancy does."""
    names, occupancy, kinds = table.name[rows], table.occupancy[rows], table.residue[rows]
    keep = kinds == kinds[occupancy.argmax()]
    for name in np.unique(names[table.alternate[rows] & keep]):
        same = np.flatnonzero((names == name) & keep)
        keep[same] = False
        keep[same[occupancy[same].argmax()]] = True
    return keep


def _structure(
    source: StructureSource,
    table: AtomTable,
    keep: Bool[ndarray, " atom"],
    secondary_structure: UInt8[ndarray, " atom"],
) -> Structure:
    element = table.element[keep]
    # an atom of unknown element is there all the same; carbon is the likeliest
    element = np.where((element == 0) | (element > _LARGEST_ELEMENT), _CARBON, element).astype(np.uint8)
    return Structure(
        xyz=np.ascontiguousarray(table.xyz[keep]),
        element=element,
        chain=table.chain[keep],
        residue_number=table.number[keep].astype(np.int32),
        insertion_code=table.insertion[keep],
        residue_name=table.residue[keep],
        atom_name=table.name[keep],
        b_factor=table.b_factor[keep].astype(np.float32),
        secondary_structure=secondary_structure[keep],
        source=source,
    )
