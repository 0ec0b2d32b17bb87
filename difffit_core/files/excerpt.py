"""A part of a structure as a structure of its own, with all that its file says about it."""

from collections.abc import Callable, Sequence
from pathlib import Path

import gemmi
import numpy as np
from jaxtyping import Bool
from numpy import ndarray

from difffit_core.data.residue_table import ResidueId
from difffit_core.data.structure import Structure, StructureSource
from difffit_core.files.compression import name_without_suffixes
from difffit_core.files.placed_cif import filter_rows, keep_chains, keep_rows
from difffit_core.files.placed_structures import cif_document
from difffit_core.files.structure_files import structure_of_source
from difffit_core.files.structure_parsing import atom_block

Excerpt = Callable[[str, Sequence[str], set[ResidueId] | None], Structure]


def excerpts_of(structure: Structure) -> Excerpt:
    """A function from a name, chains and (all of theirs when None) residues to that part of the structure.

    The part stays where it is. Its file is mmCIF, named `STRUCTURE_NAME.cif` beside the structure's own, and holds
    whatever that says of these chains; it exists once somebody writes its content.
    """
    document = cif_document(structure.source)
    stem = name_without_suffixes(structure.source.path)

    def excerpt(name: str, chains: Sequence[str], residues: set[ResidueId] | None) -> Structure:
        part = gemmi.cif.Document()
        for block in document:
            part.add_copied_block(block)
        block = atom_block(part)
        keep_chains(block, set(chains))
        if residues is not None:
            _keep_residues(block, residues)
        content = part.as_string(gemmi.cif.WriteOptions(gemmi.cif.Style.Pdbx)).encode()
        path = structure.source.path.with_name(f"{stem}_{name}.cif")
        return structure_of_source(StructureSource(Path(path), content))

    return excerpt


def _keep_residues(block: gemmi.cif.Block, residues: set[ResidueId]) -> None:
    """Drop the atoms of other residues; the sequence stays whole, and these are its only residues that are seen."""
    table = block.find_mmcif_category("_atom_site.")
    filter_rows(block, table, _of_residues(block, residues))
    keep_rows(block, "_atom_site_anisotrop.", (".id",), set(block.find_values("_atom_site.id")))


def _of_residues(block: gemmi.cif.Block, residues: set[ResidueId]) -> Bool[ndarray, " row"]:
    authors = len(block.find_values("_atom_site.auth_asym_id")) > 0
    chains = _texts(block, "auth_asym_id" if authors else "label_asym_id")
    numbers = _texts(block, "auth_seq_id" if len(block.find_values("_atom_site.auth_seq_id")) else "label_seq_id")
    insertions = _texts(block, "pdbx_PDB_ins_code") or [""] * len(chains)
    wanted = {(chain, str(number), insertion) for chain, number, insertion in residues}
    return np.array([row in wanted for row in zip(chains, numbers, insertions, strict=True)], dtype=bool)


def _texts(block: gemmi.cif.Block, name: str) -> list[str]:
    """A column of the atoms as plain text, empty where the file says nothing."""
    return [gemmi.cif.as_string(text) for text in block.find_values(f"_atom_site.{name}")]
