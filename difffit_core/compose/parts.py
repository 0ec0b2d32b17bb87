"""What is composed: structures as they are, or their chains or rigid domains, and how often each occurs."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from difffit_core.data.structure import Structure
from difffit_core.errors import SettingsError
from difffit_core.files.pae import Pae
from difffit_core.files.split_structure import Part, Split, split_chains, split_domains

CHAINS, DOMAINS = "chains", "domains"


@dataclass(frozen=True)
class Origin:
    """Where a part was cut out."""

    path: Path  # of the whole model
    chains: tuple[str, ...]  # of it, in which the part occurs
    residues: str  # of the first of them, as people write them: A:3-78,93-108

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return {"path": str(self.path), "chains": list(self.chains), "residues": self.residues}


def split_each(structures: Sequence[Structure], how: str, errors: Sequence[Pae] = ()) -> tuple[Split, ...]:
    """Each structure in chains, or in rigid domains: by its predicted aligned errors, or else by its pLDDT.

    `errors` belong to the first structures, in their order. Raises SettingsError when there are more of them, or any
    for chains, and StructureFileError where a structure cannot be split.
    """
    if len(errors) > len(structures) or (errors and how != DOMAINS):
        raise SettingsError(
            "Predicted aligned errors are for rigid domains, one file for each structure in the same order; "
            "split into domains, or leave them out."
        )
    if how == CHAINS:
        return tuple(split_chains(structure) for structure in structures)
    known = dict(enumerate(errors))
    return tuple(split_domains(structure, known.get(k)) for k, structure in enumerate(structures))


def origin_of(part: Part, whole: Structure) -> Origin:
    """Where a part of a model comes from."""
    return Origin(whole.source.path, part.copies, part.residues)
