"""Candidates out of one model: as it is, its chains, what a prediction is sure of, or its rigid domains."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from difffit_core.data.residue_table import ResidueTable
from difffit_core.data.rigid_domains import FEWEST, MOST_ERROR, sure_stretches
from difffit_core.data.structure import Structure
from difffit_core.errors import SettingsError, StructureFileError
from difffit_core.files.atomic_write import atomic_write
from difffit_core.files.compression import format_suffix
from difffit_core.files.descriptions import descriptions_of, is_predicted, pae_beside, sequence_of
from difffit_core.files.excerpt import excerpts_of
from difffit_core.files.pae import read_pae
from difffit_core.files.split_structure import CONFIDENT_PLDDT, Part, split_chains, split_domains
from difffit_core.files.structure_files import read_structure
from difffit_core.files.structure_parsing import uncompressed
from difffit_core.scan.library import Source

LEAST_IDENTITY = 95.0  # percent


@dataclass(frozen=True, kw_only=True)
class Preparing:
    """How candidates are made of models."""

    chains: bool = False  # every chain by itself
    plddt: float | None = None  # 0 to 100; None: 70 for models that say they are predicted, no limit for the others
    most_error: float = MOST_ERROR  # Å, the mean predicted aligned error within a domain
    fewest: int = FEWEST  # residues of a candidate
    most: int | None = None
    identity: float = LEAST_IDENTITY  # percent, of duplicates; above 100 all are kept

    def __post_init__(self) -> None:
        if self.plddt is not None and not 0 <= self.plddt <= 100:
            raise SettingsError(f"plddt must be from 0 to 100, not {self.plddt:g}.")
        if self.fewest < 1 or (self.most is not None and self.most < self.fewest):
            raise SettingsError("The least number of residues must be at least 1 and not exceed the largest.")
        if not 30 <= self.identity <= 101:
            raise SettingsError(f"identity must be from 30 to 100 percent, not {self.identity:g}.")


@dataclass(frozen=True)
class Entry:
    """A line of a library's table: a candidate, or what was left out with the reason."""

    file: str
    description: str
    residues: int
    atoms: int
    source: str  # the model's file
    part: str  # its residues, as people write them
    sequence: str
    reason: str = ""  # why it was left out


def make_entries(source: Source, folder: Path, how: Preparing) -> list[Entry]:
    """Write the candidates of one model into a folder; those of a wrong size are told of, not written.

    Raises StructureFileError when the model or its predicted errors cannot be read.
    """
    structure = read_structure(source.path)
    names = descriptions_of(structure.source)
    entries = []
    for part in _parts(structure, how):
        chains = dict.fromkeys(part.structure.chain.tolist())
        texts = dict.fromkeys(text for chain in chains if (text := names.get(chain, "")))
        sequence = sequence_of(part.structure)
        name = f"{source.name}_{part.name}.cif" if part.name else _plain_name(source)
        facts = "; ".join(texts), len(sequence), len(part.structure), source.path.name, part.residues, sequence
        entry = Entry(name, *facts)
        entry = replace(entry, reason=_wrong_size(entry, how))
        if not entry.reason:
            with atomic_write(folder / name) as stream:
                stream.write(uncompressed(part.structure.source))
        entries.append(entry)
    return entries


def _parts(structure: Structure, how: Preparing) -> Sequence[Part]:
    errors = pae_beside(structure.source.path)
    predicted = how.plddt is not None or errors is not None or is_predicted(structure.source)
    plddt = (CONFIDENT_PLDDT if how.plddt is None else how.plddt) if predicted else None
    if errors is not None and plddt is not None:
        pae, limit = read_pae(errors), how.most_error
        return split_domains(structure, pae, plddt=plddt, most_error=limit, fewest=how.fewest).parts
    if how.chains:
        return split_chains(structure, plddt=plddt).parts
    if plddt is not None:
        return _sure_part(structure, plddt)
    return [_whole(structure)]


def _whole(structure: Structure) -> Part:
    table = ResidueTable.of(structure)
    return Part(structure, "", table.as_text(np.arange(len(table))), tuple(dict.fromkeys(table.chain.tolist())))


def _sure_part(structure: Structure, plddt: float) -> Sequence[Part]:
    """What a prediction is sure of, all chains together."""
    table = ResidueTable.of(structure)
    sure = sure_stretches(table.plddt >= plddt, table.chain_index)
    rows = np.flatnonzero(sure)
    if sure.all():
        return [_whole(structure)]
    chains = tuple(dict.fromkeys(table.chain[rows].tolist()))
    if not chains:
        raise StructureFileError(f"{structure.name} has no stretch of residues with a pLDDT of {plddt:g}.")
    return [Part(excerpts_of(structure)("sure", chains, table.ids(rows)), "sure", table.as_text(rows), chains)]


def _plain_name(source: Source) -> str:
    """The model's own name and kind of file, uncompressed."""
    return source.name + format_suffix(source.path)


def _wrong_size(entry: Entry, how: Preparing) -> str:
    if entry.residues < how.fewest:
        return f"{entry.residues} residues are fewer than {how.fewest}."
    if how.most is not None and entry.residues > how.most:
        return f"{entry.residues} residues are more than {how.most}."
    return ""
