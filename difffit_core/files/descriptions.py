"""What the file of a structure says it is: names of its molecules, and whether it was predicted."""

import re
from pathlib import Path

import gemmi

from difffit_core.data.structure import Structure, StructureSource
from difffit_core.files.compression import COMPRESSION_SUFFIXES, name_without_suffixes
from difffit_core.files.structure_parsing import (
    atom_block,
    format_of,
    parse_cif,
    parse_pdb,
    structure_of_cif,
    uncompressed,
)

_PREDICTED_TITLE = re.compile(rb"^TITLE .*(?:ALPHAFOLD|COLABFOLD|ESMFOLD|ROSETTAFOLD)", re.IGNORECASE | re.MULTILINE)
# how predictors name the file of predicted aligned errors beside that of the model: pattern, replacements
_PAE_NAMES = (
    (r"-model_(v\d+)$", (r"-predicted_aligned_error_\1",)),  # AlphaFold DB
    (r"_model_(\d+)$", (r"_full_data_\1",)),  # AlphaFold server
    (r"_model$", ("_confidences",)),  # AlphaFold 3
    (r"_(?:un)?relaxed_(rank_.*)$", (r"_scores_\1",)),  # ColabFold
    (r"$", ("_scores_pae", "_pae", "-pae", ".pae", "_predicted_aligned_error", "")),
)


def descriptions_of(source: StructureSource) -> dict[str, str]:
    """What each chain (author name) is, as mmCIF entities or PDB COMPND records say; else the entry's title."""
    text = uncompressed(source)
    if format_of(source.path, text) == "pdb":
        parsed, named = parse_pdb(source.path, text), _molecules_of_pdb(text)
    else:
        document = parse_cif(source.path, text)
        parsed = structure_of_cif(source.path, document)
        named = _entities_of_cif(parsed, atom_block(document))
    title = dict(parsed.info).get("_struct.title", "")
    chains = [chain.name for chain in parsed[0]] if len(parsed) else []
    return {chain: " ".join((named.get(chain) or title).split()) for chain in chains}


def is_predicted(source: StructureSource) -> bool:
    """Whether the file says that it was predicted, so that its B-factors are confidences (pLDDT)."""
    text = uncompressed(source)
    return b"\n_ma_qa_metric" in text or _PREDICTED_TITLE.search(text[:20_000]) is not None


def pae_beside(path: Path) -> Path | None:
    """The file of predicted aligned errors that belongs to a model, by the names that predictors give."""
    stem = name_without_suffixes(path)
    for pattern, replacements in _PAE_NAMES:
        for replacement in replacements:
            name, changed = re.subn(pattern, replacement, stem, count=1)
            for suffix in ("", *COMPRESSION_SUFFIXES):
                beside = path.with_name(f"{name}.json{suffix}")
                if changed and beside.is_file():
                    return beside
    return None


def sequence_of(structure: Structure) -> str:
    """The residues that are there, in one-letter codes; chains one after the other."""
    index = structure.residue_index
    backbone = (structure.atom_name == "CA") | (structure.atom_name == "C1'")
    first = {int(k): str(name) for k, name in zip(index[backbone], structure.residue_name[backbone], strict=True)}
    codes = (gemmi.find_tabulated_residue(name).one_letter_code.upper() for name in first.values())
    return "".join(code if code.isalpha() else "X" for code in codes)


def _entities_of_cif(parsed: gemmi.Structure, block: gemmi.cif.Block) -> dict[str, str]:
    names = {row.str(0): row.str(1) for row in block.find("_entity.", ["id", "pdbx_description"])}
    parsed.setup_entities()
    found: dict[str, str] = {}
    for chain in parsed[0] if len(parsed) else []:
        entity = parsed.get_entity_of(chain.get_polymer())
        if entity is not None and names.get(entity.name):
            found[chain.name] = names[entity.name]
    return found


def _molecules_of_pdb(text: bytes) -> dict[str, str]:
    """Molecules by chain, from the COMPND records."""
    lines = re.findall(rb"^COMPND  ..(.*)$", text[:200_000], re.MULTILINE)
    joined = " ".join(line.decode("latin-1").strip() for line in lines)
    found: dict[str, str] = {}
    for molecule in joined.split("MOL_ID:"):
        name = re.search(r"MOLECULE:\s*([^;]+)", molecule)
        chains = re.search(r"CHAIN:\s*([^;]+)", molecule)
        if name and chains:
            found |= {chain.strip(): name.group(1).strip() for chain in chains.group(1).split(",")}
    return found
