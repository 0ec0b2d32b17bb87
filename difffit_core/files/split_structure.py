"""A model in parts that a map is searched for one by one: its chains, or the rigid domains of a predicted model."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32, Int64
from numpy import ndarray

from difffit_core.data.residue_table import ResidueTable
from difffit_core.data.rigid_domains import FEWEST, MOST_ERROR, domains_in_contact, rigid_domains, sure_stretches
from difffit_core.data.structure import Structure
from difffit_core.errors import StructureFileError
from difffit_core.files.excerpt import Excerpt, excerpts_of
from difffit_core.files.identical_chains import group_chains
from difffit_core.files.pae import Pae

CONFIDENT_PLDDT = 70.0  # AlphaFold DB: from here on the backbone is expected to be right
Rows = Int64[ndarray, " _"]  # of a table of residues
SAME_RESIDUES = 0.8  # shared by two domains of identical chains, of all their residues, that are one domain twice


@dataclass(frozen=True, eq=False)
class Part:
    """One part, and which parts of the model are copies of it."""

    structure: Structure
    name: str  # what its file's name has more than the model's
    residues: str  # as people write them, for example A:3-78,93-108
    copies: tuple[str, ...]  # chains in which it occurs, its own first
    rmsd: tuple[float, ...] = ()  # Å, of each copy from it, where they were superposed


@dataclass(frozen=True, eq=False)
class Split:
    """All parts of a model, and what is in none of them with the reason."""

    parts: tuple[Part, ...]
    left_out: tuple[str, ...]  # sentences


def split_chains(structure: Structure, *, plddt: float | None = None) -> Split:
    """The polymer chains of a model, each with its ligands, identical ones merged into one with its copies.

    With `plddt` (predicted models) less confident residues are left out. Raises StructureFileError when there is no
    chain to fit.
    """
    table = ResidueTable.of(structure)
    sure = np.ones(len(table), bool) if plddt is None else sure_stretches(table.plddt >= plddt, table.chain_index)
    excerpt, names = excerpts_of(structure), _FileNames()
    parts, left_out = [], _unsure_sentence(table, sure, plddt)
    for group in group_chains(structure):
        rows = np.flatnonzero((table.chain == group.chains[0]) & sure)
        if len(rows) == 0:
            continue
        name = names.unused(group.chains[0])
        part = excerpt(name, group.chains[:1], table.ids(rows) if plddt is not None else None)
        parts.append(Part(part, name, table.as_text(rows), group.chains, group.rmsd))
    if not parts:
        raise StructureFileError(f"{structure.name} has no chain of a protein or nucleic acid to split off.")
    others = sorted(set(structure.chain.tolist()) - {chain for part in parts for chain in part.copies})
    if others:
        left_out.append(f"Chains {', '.join(others)} hold no polymer that could be placed by itself.")
    return Split(tuple(parts), tuple(left_out))


def split_domains(
    structure: Structure,
    pae: Pae | None = None,
    *,
    plddt: float = CONFIDENT_PLDDT,
    most_error: float = MOST_ERROR,
    fewest: int = FEWEST,
) -> Split:
    """The rigid domains of a predicted model, the largest first; equal domains of equal chains are merged.

    Without predicted aligned errors they are what residues of low confidence separate. `plddt` is the least confidence
    of a residue (0 to 100, in the B-factor column), `most_error` the mean predicted aligned error (Å) within a domain,
    `fewest` its residues. Raises StructureFileError when the errors belong to another model, or when nothing in it is
    sure.
    """
    table = ResidueTable.of(structure)
    rows, found = _domains(structure, table, pae, plddt, most_error, fewest)
    if not (found >= 0).any():
        raise StructureFileError(
            f"{structure.name} has no rigid domain of {fewest} residues with a pLDDT of {plddt:g}; its prediction is "
            "too unsure, the limits are too strict, or it is no prediction and should be split into chains."
        )
    domains = [rows[found == k] for k in range(int(found.max()) + 1)]
    excerpt = excerpts_of(structure)
    parts = [_domain(number, copies, table, excerpt) for number, copies in enumerate(_merged(domains, table), 1)]
    outside = rows[found < 0]
    left_out = [f"In no rigid domain: {table.as_text(outside)}."] if len(outside) else []
    return Split(tuple(parts), tuple(left_out))


def _domains(
    structure: Structure, table: ResidueTable, pae: Pae | None, plddt: float, most_error: float, fewest: int
) -> tuple[Rows, Rows]:
    """The residues that could be in a domain, and the domain of each, −1 for none."""
    if pae is not None:
        rows, error = _errors_of_residues(table, pae, structure.name)
        sure, chain = table.plddt[rows] >= plddt, table.chain_index[rows]
        return rows, rigid_domains(error, sure, chain, most_error=most_error, fewest=fewest)
    rows, index = np.flatnonzero(table.is_polymer), structure.residue_index
    atoms = np.bincount(index)
    centre = np.stack([np.bincount(index, axis) / atoms for axis in structure.xyz.T], axis=1)
    chain, number = table.chain_index[rows], table.number[rows]
    # what others have cut out separates domains too
    piece = np.cumsum((np.diff(chain, prepend=chain[:1]) != 0) | (np.diff(number, prepend=number[:1]) > 1))
    return rows, domains_in_contact(table.plddt[rows] >= plddt, chain, piece, centre[rows], fewest=fewest)


def _domain(number: int, copies: list[Rows], table: ResidueTable, excerpt: Excerpt) -> Part:
    first, name = copies[0], f"domain{number}"
    part = excerpt(name, list(dict.fromkeys(table.chain[first].tolist())), table.ids(first))
    occurs = tuple("+".join(dict.fromkeys(table.chain[copy].tolist())) for copy in copies)
    return Part(part, name, table.as_text(first), occurs)


class _FileNames:
    """Names that stay apart on file systems that do not tell large letters from small ones."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def unused(self, chain: str) -> str:
        name, number = chain, 2
        while name.lower() in self._taken:
            name, number = f"{chain}-{number}", number + 1
        self._taken.add(name.lower())
        return name


def _errors_of_residues(
    table: ResidueTable, pae: Pae, model: str
) -> tuple[Int64[ndarray, " row"], Float32[ndarray, "row row"]]:
    """The residues that have predicted errors, and those errors (Å)."""
    if pae.tokens is not None:
        rows, tokens = _rows_of_tokens(table, pae.tokens)
        if len(rows) == 0:
            raise StructureFileError(f"{pae.path.name} names no residue of {model}; choose the file of this model.")
        return rows, pae.error[np.ix_(tokens, tokens)]
    rows = np.flatnonzero(table.is_polymer)
    if len(rows) == len(pae.error):
        return rows, pae.error
    numbers = table.number[rows] - 1
    one_chain = len(set(table.chain[rows].tolist())) == 1 and len(set(numbers.tolist())) == len(rows)
    if one_chain and len(rows) < len(pae.error) and numbers.min() >= 0 and numbers.max() < len(pae.error):
        return rows, pae.error[np.ix_(numbers, numbers)]  # some of the model has been cut off already
    raise StructureFileError(
        f"{pae.path.name} has errors of {len(pae.error)} residues, and {model} has {len(rows)} residues; choose the "
        "file that belongs to this model."
    )


def _rows_of_tokens(
    table: ResidueTable, tokens: Iterable[tuple[str, int]]
) -> tuple[Int64[ndarray, " row"], Int64[ndarray, " row"]]:
    """Polymer residues and the (first) token of each."""
    first: dict[tuple[str, int], int] = {}
    for k, token in enumerate(tokens):
        first.setdefault(token, k)
    pairs = [
        (row, first[key])
        for row in np.flatnonzero(table.is_polymer).tolist()
        if (key := (str(table.chain[row]), int(table.number[row]))) in first
    ]
    found = np.array(pairs, np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def _merged(domains: list[Rows], table: ResidueTable) -> list[list[Rows]]:
    """Domains in groups of copies: of other chains, with the same residues."""
    groups: list[list[Rows]] = []
    for rows in domains:
        for group in groups:
            if _same_residues(group[0], rows, table):
                group.append(rows)
                break
        else:
            groups.append([rows])
    return groups


def _same_residues(first: Rows, second: Rows, table: ResidueTable) -> bool:
    if set(table.chain[first].tolist()) & set(table.chain[second].tolist()):
        return False
    one, other = (set(zip(table.number[k].tolist(), table.name[k].tolist(), strict=True)) for k in (first, second))
    return len(one) == len(first) and len(one & other) >= SAME_RESIDUES * len(one | other)


def _unsure_sentence(table: ResidueTable, sure: Bool[ndarray, " residue"], plddt: float | None) -> list[str]:
    rows = np.flatnonzero(~sure)
    return [f"pLDDT below {plddt:g}: {table.as_text(rows)}."] if len(rows) else []
