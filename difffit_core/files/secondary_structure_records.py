"""Helices and strands that a structure file lists (HELIX and SHEET records, struct_conf, struct_sheet_range)."""

from collections.abc import Iterator
from dataclasses import dataclass

import gemmi
import numpy as np
from jaxtyping import Int32, Shaped, UInt8
from numpy import ndarray

from difffit_core.data.structure import COIL, HELIX, STRAND, UNASSIGNED

_POLYPROLINE = "HELX_LH_PP_P"  # extended and left-handed: a helix by name only
_CONFORMATION_TAGS = [
    "conf_type_id",
    "beg_auth_asym_id",
    "beg_auth_seq_id",
    "?pdbx_beg_PDB_ins_code",
    "end_auth_seq_id",
    "?pdbx_end_PDB_ins_code",
]

ResidueId = tuple[int, str]  # number, insertion code ("" when there is none)


@dataclass(frozen=True)
class Segment:
    """A stretch of one chain, from its first to its last residue."""

    kind: int  # HELIX or STRAND
    chain: str  # author name
    first: ResidueId
    last: ResidueId


def segments_of_pdb(parsed: gemmi.Structure) -> list[Segment]:
    """Helices and strands as gemmi has read them."""
    helices = [
        Segment(HELIX, helix.start.chain_name, _residue_id(helix.start), _residue_id(helix.end))
        for helix in parsed.helices
        if helix.pdb_helix_class != gemmi.Helix.HelixClass.HelixPolyProlineNone
    ]
    return helices + list(_strands(parsed))


def segments_of_cif(block: gemmi.cif.Block, parsed: gemmi.Structure) -> list[Segment]:
    """Helices and strands of struct_conf (where predicted models list both) and of struct_sheet_range."""
    segments = list(_strands(parsed))
    for row in block.find("_struct_conf.", _CONFORMATION_TAGS):
        kind = row.str(0).upper()
        if kind == _POLYPROLINE or not kind.startswith(("HELX", "STRN")):
            continue
        first = _row_residue(row, 2)
        last = _row_residue(row, 4)
        if first is not None and last is not None:
            segments.append(Segment(HELIX if kind.startswith("HELX") else STRAND, row.str(1), first, last))
    return segments


def add_strands(parsed: gemmi.Structure, segments: list[Segment]) -> None:
    """Give strands that gemmi does not read (those of struct_conf) a sheet each, so that PDB output lists them."""
    if parsed.sheets or not len(parsed):
        return
    for count, segment in enumerate((s for s in segments if s.kind == STRAND), start=1):
        strand = gemmi.Sheet.Strand()
        strand.name = "1"
        strand.start = _address(parsed[0], segment.chain, segment.first)
        strand.end = _address(parsed[0], segment.chain, segment.last)
        sheet = gemmi.Sheet(str(count))
        sheet.strands.append(strand)
        parsed.sheets.append(sheet)


def _address(model: gemmi.Model, chain: str, residue: ResidueId) -> gemmi.AtomAddress:
    seqid = gemmi.SeqId(residue[0], residue[1] or " ")
    there = [found.name for found in model[chain][str(seqid)]] if model.find_chain(chain) else []
    return gemmi.AtomAddress(chain, seqid, there[0] if there else "UNK", "")


def _strands(parsed: gemmi.Structure) -> Iterator[Segment]:
    for sheet in parsed.sheets:
        for strand in sheet.strands:
            yield Segment(STRAND, strand.start.chain_name, _residue_id(strand.start), _residue_id(strand.end))


def _residue_id(address: gemmi.AtomAddress) -> ResidueId:
    seqid = address.res_id.seqid
    return (seqid.num if seqid.num is not None else 0), seqid.icode.strip()


def _row_residue(row: gemmi.cif.Table.Row, column: int) -> ResidueId | None:
    try:
        number = int(row.str(column))
    except ValueError:
        return None
    return number, row.str(column + 1) if row.has(column + 1) else ""


def spread(
    segments: list[Segment],
    chain: Shaped[ndarray, " atom"],
    number: Int32[ndarray, " atom"],
    insertion: Shaped[ndarray, " atom"],
) -> UInt8[ndarray, " atom"]:
    """HELIX, STRAND or COIL per atom; UNASSIGNED throughout when there is no segment."""
    if not segments:
        return np.full(len(chain), UNASSIGNED, dtype=np.uint8)
    assigned = np.full(len(chain), COIL, dtype=np.uint8)
    begins = np.ones(len(chain), dtype=bool)
    begins[1:] = (chain[1:] != chain[:-1]) | (number[1:] != number[:-1]) | (insertion[1:] != insertion[:-1])
    starts = np.flatnonzero(begins)
    ends = np.append(starts[1:], len(chain))
    ids = zip(chain[starts].tolist(), number[starts].tolist(), insertion[starts].tolist(), strict=True)
    row_of = {residue: row for row, residue in reversed(list(enumerate(ids)))}
    for segment in segments:
        first = row_of.get((segment.chain, *segment.first))
        last = row_of.get((segment.chain, *segment.last))
        if first is not None and last is not None and first <= last:
            assigned[starts[first] : ends[last]] = segment.kind
    return assigned
