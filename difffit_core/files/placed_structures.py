"""Writing placed structures: the whole input file, moved into the map's frame."""

from collections.abc import Callable, Iterable
from pathlib import Path

import gemmi
import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from difffit_core.data.structure import Structure, StructureSource
from difffit_core.errors import StructureFileError
from difffit_core.files.atom_table import flattened
from difffit_core.files.atomic_write import atomic_write
from difffit_core.files.compression import compressing, format_suffix, name_without_suffixes
from difffit_core.files.placed_cif import cif_placer
from difffit_core.files.placed_pdb import pdb_placer, refuse_what_pdb_cannot_hold
from difffit_core.files.rigid import Matrix
from difffit_core.files.secondary_structure_records import Segment, add_strands, segments_of_cif
from difffit_core.files.structure_parsing import (
    StructureFormat,
    atom_block,
    format_of,
    parse_cif,
    parse_pdb,
    structure_of_cif,
    uncompressed,
)


def write_placed_structure(
    path: Path | str,
    structure: Structure,
    map_from_model: Float64[ndarray, "3 4"],
    *,
    format: StructureFormat | None = None,
) -> None:
    """Write the structure's whole file (all models, alternates, water, metadata), moved by `map_from_model`.

    Only the chains that were asked for are written. `format` defaults to what the name says, mmCIF in doubt; `.gz` or
    `.bz2` at the end of the name compresses.
    """
    write_placed_structures(structure, [(path, map_from_model)], format=format)


def write_placed_structures(
    structure: Structure,
    placements: Iterable[tuple[Path | str, Float64[ndarray, "3 4"]]],
    *,
    format: StructureFormat | None = None,
) -> None:
    """Write several placed copies of one structure; its file is parsed once for each format."""
    placers: dict[StructureFormat, Callable[[Matrix], str]] = {}
    for name, map_from_model in placements:
        path = Path(name)
        wanted: StructureFormat = format or ("pdb" if format_suffix(path) in (".pdb", ".ent") else "cif")
        if wanted not in placers:
            placers[wanted] = _placer(structure.source, wanted)
        # Latin-1 gives every byte of the input back as it was
        content = placers[wanted](np.asarray(map_from_model, dtype=np.float64)).encode(
            "utf-8" if wanted == "cif" else "latin-1", "replace"
        )
        with atomic_write(path, StructureFileError) as stream, compressing(path, stream) as packed:
            packed.write(content)


def unique_placed_name(rank: int, structure_name: str, format: StructureFormat = "cif") -> str:
    """A file name for the copy of this rank, e.g. `01_A.cif` for the first of `A.pdb.gz`."""
    return f"{rank:02d}_{name_without_suffixes(Path(structure_name))}.{format}"


def _placer(source: StructureSource, wanted: StructureFormat) -> Callable[[Matrix], str]:
    text = uncompressed(source)
    given = format_of(source.path, text)
    if given == "cif":
        document = parse_cif(source.path, text)
        if wanted == "cif":
            return cif_placer(document, source.chains)
        parsed = structure_of_cif(source.path, document)
        return _pdb_of(source, parsed, segments_of_cif(atom_block(document), parsed))
    if wanted == "pdb":
        return pdb_placer(source.path, text, source.chains)
    return cif_placer(_cif_of_pdb(source, text), source.chains)


def cif_document(source: StructureSource) -> gemmi.cif.Document:
    """The whole file as mmCIF, all chains of it, whichever format it has."""
    text = uncompressed(source)
    return parse_cif(source.path, text) if format_of(source.path, text) == "cif" else _cif_of_pdb(source, text)


def _cif_of_pdb(source: StructureSource, text: bytes) -> gemmi.cif.Document:
    """PDB to mmCIF: gemmi carries over what PDB headers hold."""
    parsed = parse_pdb(source.path, text)
    for chain in parsed[0] if len(parsed) else ():
        for residue in chain:
            residue.segment = ""  # else gemmi does not find the residues that HELIX and LINK records name
    parsed.setup_entities()
    parsed.assign_label_seq_id()
    parsed.name = parsed.name or name_without_suffixes(source.path)
    try:  # read back: gemmi writes names like `;` or `"A` as they are, by which mmCIF means something else
        return parse_cif(source.path, parsed.make_mmcif_document().as_string().encode())
    except StructureFileError as cause:
        raise StructureFileError(
            f"{source.path.name} holds names that mmCIF cannot hold; choose the format pdb, or repair the file."
        ) from cause


def _pdb_of(source: StructureSource, parsed: gemmi.Structure, segments: list[Segment]) -> Callable[[Matrix], str]:
    """mmCIF to PDB, moved as text like any PDB file.

    Beyond 99,999 atoms or residue 9999 gemmi counts on in hybrid-36, which ChimeraX and Coot read.
    """
    add_strands(parsed, segments)
    _keep_chains(parsed, source.chains)
    long_names = sorted({chain.name for model in parsed for chain in model if len(chain.name) > 1})
    if long_names:
        raise StructureFileError(
            f"{source.path.name} has the chain {long_names[0]}, whose name is too long for PDB files; "
            "choose the format cif."
        )
    refuse_what_pdb_cannot_hold(source.path, flattened(parsed).pos)
    parsed.shorten_ccd_codes()  # five-letter ligands; gemmi notes the full names in REMARK
    return pdb_placer(source.path, parsed.make_pdb_string().encode("latin-1", "replace"), None)


def _keep_chains(parsed: gemmi.Structure, chains: tuple[str, ...] | None) -> None:
    if chains is None:
        return
    for model in parsed:
        for name in {chain.name for chain in model} - set(chains):
            model.remove_chain(name)
