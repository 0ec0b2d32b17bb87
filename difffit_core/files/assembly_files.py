"""Writing accepted copies: as one assembly, as a file each, and as a table of what they are."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import gemmi
import numpy as np

from difffit_core.data.placed import Placed
from difffit_core.errors import StructureFileError
from difffit_core.files.atom_table import flattened
from difffit_core.files.atomic_write import atomic_write, check_output_folder
from difffit_core.files.chain_names import unique_chain_names, unused_name
from difffit_core.files.compression import compressing, format_suffix, name_without_suffixes
from difffit_core.files.placed_pdb import refuse_what_pdb_cannot_hold
from difffit_core.files.placed_structures import unique_placed_name, write_placed_structures
from difffit_core.files.secondary_structure_records import add_strands
from difffit_core.files.structure_files import parse_source
from difffit_core.files.structure_parsing import StructureFormat

SCHEMA = "difffit/assembly/1"
Names = dict[str, str]  # of chains: in the copy's own file → in the assembly


@dataclass(frozen=True, eq=False)
class AssemblyCopy:
    """A copy as it is written."""

    placed: Placed
    name: str
    scores: Mapping[str, float] = field(default_factory=dict)
    confidence: float | None = None
    round: int = 1  # of automatic composing in which it was found
    note: str = ""


def write_assembly(
    path: Path | str, copies: Sequence[AssemblyCopy], *, format: StructureFormat | None = None
) -> list[Names]:
    """Write all copies as one structure with unique chain names, and return the names by copy.

    Copies of one sequence share an entity. `format` defaults to what the name says, mmCIF in doubt; a sentence when
    PDB cannot hold the assembly.
    """
    path = Path(path)
    if not copies:
        raise StructureFileError("There is no copy to write; accept a placement first.")
    wanted = format or ("pdb" if format_suffix(path) in (".pdb", ".ent") else "cif")
    assembly, names = _assembled(name_without_suffixes(path), [copy.placed for copy in copies])
    if wanted == "pdb":
        _refuse_what_does_not_fit(path, assembly)
        assembly.shorten_ccd_codes()
        text = assembly.make_pdb_string()
    else:
        text = assembly.make_mmcif_document().as_string(gemmi.cif.WriteOptions(gemmi.cif.Style.Pdbx))
    with atomic_write(path, StructureFileError) as stream, compressing(path, stream) as packed:
        packed.write(text.encode("utf-8" if wanted == "cif" else "latin-1", "replace"))
    return names


def write_copies(
    folder: Path | str, copies: Sequence[AssemblyCopy], *, format: StructureFormat = "cif"
) -> tuple[Path, ...]:
    """Write every copy to a file of its own, its whole input file moved; names begin with the copy's number."""
    folder = check_output_folder(folder)
    paths = [folder / unique_placed_name(i, copy.placed.structure.name, format) for i, copy in enumerate(copies, 1)]
    for path, copy in zip(paths, copies, strict=True):
        write_placed_structures(copy.placed.structure, [(path, copy.placed.map_from_model)], format=format)
    return tuple(paths)


def assembly_as_dict(
    copies: Sequence[AssemblyCopy],
    names: Sequence[Names],
    *,
    explained_fraction: float,
    rounds: Sequence[Mapping[str, Any]] = (),
    symmetry: Mapping[str, Any] | None = None,
    left_out: Sequence[Mapping[str, Any]] = (),
    seconds: Mapping[str, float] | None = None,
) -> dict[str, Any]:
    """The content of `assembly.json`; structures are numbered in the order in which copies first use them."""
    sources = list(dict.fromkeys(_source_of(copy) for copy in copies))
    return {
        "schema": SCHEMA,
        "version": version("difffit"),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "rounds": list(rounds),
        "explained_fraction": explained_fraction,
        "symmetry": symmetry,
        "copies": [
            {"structure": sources.index(_source_of(copy)), **_copy_as_dict(copy, mapping)}
            for copy, mapping in zip(copies, names, strict=True)
        ],
        "left_out": list(left_out),
        "seconds": dict(seconds or {}),
    }


def _source_of(copy: AssemblyCopy) -> tuple[Path, tuple[str, ...] | None]:
    source = copy.placed.structure.source
    return source.path, source.chains


def _copy_as_dict(copy: AssemblyCopy, mapping: Mapping[str, str]) -> dict[str, Any]:
    return {
        "path": str(copy.placed.structure.source.path),
        "name": copy.name,
        "chain": ",".join(mapping.values()),
        "chains": mapping,
        "round": copy.round,
        "confidence": copy.confidence,
        "scores": dict(copy.scores),
        "map_from_model": np.asarray(copy.placed.map_from_model).tolist(),
        "alternatives": [],
        "note": copy.note,
    }


def write_assembly_json(path: Path | str, content: Mapping[str, Any]) -> None:
    """Write what `assembly_as_dict` gave."""
    with atomic_write(path) as stream:
        stream.write(json.dumps(content, indent=1, ensure_ascii=False).encode())


def _assembled(name: str, copies: Sequence[Placed]) -> tuple[gemmi.Structure, list[Names]]:
    """The first models of all copies as one."""
    parsed: dict[int, gemmi.Structure] = {}
    for copy in copies:
        if id(copy.structure) not in parsed:
            parsed[id(copy.structure)] = _ready(copy)
    parts = [parsed[id(copy.structure)].clone() for copy in copies]
    names = unique_chain_names([[chain.name for chain in part[0]] for part in parts])
    assembly, labels = gemmi.Structure(), set[str]()
    assembly.name, assembly.spacegroup_hm = name, "P 1"
    assembly.add_model(gemmi.Model(1))
    for part, copy, mapping in zip(parts, copies, names, strict=True):
        matrix = np.asarray(copy.map_from_model, dtype=np.float64)
        part[0].transform_pos_and_adp(gemmi.Transform(gemmi.Mat33(matrix[:, :3].tolist()), gemmi.Vec3(*matrix[:, 3])))
        _rename_chains(part, mapping)
        _rename_labels(part, labels)
        _add(assembly, part)
    _number_entities(assembly)
    return assembly, names


def _ready(copy: Placed) -> gemmi.Structure:
    """The first model of a copy's file: the chains that were asked for, with entities and label numbers."""
    source = copy.structure.source
    parsed, segments = parse_source(source)
    while len(parsed) > 1:
        del parsed[1]
    for chain in [chain.name for chain in parsed[0]]:
        if source.chains is not None and chain not in source.chains:
            parsed[0].remove_chain(chain)
    for residue in (residue for chain in parsed[0] for residue in chain):
        residue.segment = ""  # else gemmi does not find the residues that HELIX and LINK records name
    add_strands(parsed, [segment for segment in segments if parsed[0].find_chain(segment.chain)])
    parsed.setup_entities()
    parsed.assign_label_seq_id()
    return parsed


def _rename_chains(part: gemmi.Structure, names: Names) -> None:
    """In two steps: a new name may be the old one of the next chain."""
    for number, old in enumerate(names):
        part.rename_chain(old, f"renamed {number}")
    for number, new in enumerate(names.values()):
        part.rename_chain(f"renamed {number}", new)


def _rename_labels(part: gemmi.Structure, taken: set[str]) -> None:
    """Label names that follow the chain's: its polymer has the same, ligands and water the same with a number."""
    new: dict[str, str] = {}
    for chain in part[0]:
        for residue in chain:
            if residue.subchain not in new:
                new[residue.subchain] = unused_name(chain.name, taken)
            residue.subchain = new[residue.subchain]
    for entity in part.entities:
        entity.subchains = [new[label] for label in entity.subchains if label in new]


def _add(assembly: gemmi.Structure, part: gemmi.Structure) -> None:
    """Chains, entities and what the file says about bonds and secondary structure."""
    for chain in part[0]:
        assembly[0].add_chain(chain)
    for entity in part.entities:
        if entity.subchains:
            entity.name = f"{len(assembly.entities) + 1}"
            assembly.entities.append(entity)
    chains = {chain.name for chain in part[0]}
    for helix in part.helices:
        if helix.start.chain_name in chains:
            assembly.helices.append(helix)
    for sheet in part.sheets:
        if all(strand.start.chain_name in chains for strand in sheet.strands):
            sheet.name = f"S{len(assembly.sheets) + 1}"
            assembly.sheets.append(sheet)
    for bond in part.connections:
        if {bond.partner1.chain_name, bond.partner2.chain_name} <= chains:
            bond.name = f"bond{len(assembly.connections) + 1}"
            assembly.connections.append(bond)


def _number_entities(assembly: gemmi.Structure) -> None:
    """Entities that are one become one: of one sequence, or of the same residues where no sequence is given."""
    seen = {label: names for chain in assembly[0] for label, names in _residues_by_label(chain).items()}
    distinct: dict[tuple[object, ...], gemmi.Entity] = {}
    for entity in assembly.entities:
        is_water = entity.entity_type == gemmi.EntityType.Water
        residues = () if is_water else tuple(entity.full_sequence or seen[entity.subchains[0]])
        first = distinct.setdefault((entity.entity_type, entity.polymer_type, residues), entity)
        if first is not entity:
            first.subchains = [*first.subchains, *entity.subchains]
    entities = list(distinct.values())
    for number, entity in enumerate(entities, 1):
        entity.name = str(number)
    assembly.entities = gemmi.EntityList(entities)
    assembly.add_entity_ids(overwrite=True)
    assembly.assign_serial_numbers()


def _residues_by_label(chain: gemmi.Chain) -> dict[str, list[str]]:
    names: dict[str, list[str]] = {}
    for residue in chain.first_conformer():
        names.setdefault(residue.subchain, []).append(residue.name)
    return names


def _refuse_what_does_not_fit(path: Path, assembly: gemmi.Structure) -> None:
    long_names = [chain.name for chain in assembly[0] if len(chain.name) > 1]
    if long_names:
        raise StructureFileError(
            f"The assembly has {len(assembly[0])} chains, among them {long_names[0]}, and PDB files have room for one "
            "letter; choose the format cif."
        )
    refuse_what_pdb_cannot_hold(path, flattened(assembly).pos)
