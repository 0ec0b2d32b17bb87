"""Chains of a model that are copies of each other: of one sequence and of one shape."""

from dataclasses import dataclass

import gemmi

from difffit_core.data.structure import Structure
from difffit_core.files.structure_files import parse_source

LEAST_IDENTITY = 95.0  # percent of the shorter sequence: residues that nobody sees or mutated tags do not separate
LEAST_LENGTH = 0.8  # of the longer one
MOST_RMSD = 2.0  # Å over what superposes: chains in another shape are fitted by themselves
LEAST_SUPERPOSED = 0.7  # of the shorter chain's residues
TRIM_CYCLES = 5


@dataclass(frozen=True)
class ChainGroup:
    """Chains that are copies of each other, the most complete one first."""

    chains: tuple[str, ...]
    rmsd: tuple[float, ...]  # Å, of each from the first, over the residues that superpose


@dataclass(frozen=True)
class _Polymer:
    """A chain as it is compared."""

    name: str
    kind: gemmi.PolymerType
    residues: gemmi.ResidueSpan
    sequence: list[str]  # residue names


def group_chains(structure: Structure) -> tuple[ChainGroup, ...]:
    """The polymer chains of the first model in groups of copies, in the order of the file.

    Chains without a polymer (water, ions, ligands by themselves) are in none.
    """
    parsed, _ = parse_source(structure.source)
    parsed.setup_entities()
    there = set(structure.chain.tolist())
    polymers = [polymer for chain in parsed[0] if chain.name in there and (polymer := _polymer(parsed, chain))]
    groups: list[list[tuple[_Polymer, float]]] = []
    for polymer in sorted(polymers, key=lambda p: -len(p.residues)):
        for group in groups:
            rmsd = _rmsd_of_copies(group[0][0], polymer)
            if rmsd is not None:
                group.append((polymer, rmsd))
                break
        else:
            groups.append([(polymer, 0.0)])
    order = {polymer.name: k for k, polymer in enumerate(polymers)}
    groups.sort(key=lambda group: min(order[polymer.name] for polymer, _ in group))
    return tuple(ChainGroup(tuple(p.name for p, _ in group), tuple(r for _, r in group)) for group in groups)


def _polymer(parsed: gemmi.Structure, chain: gemmi.Chain) -> _Polymer | None:
    span = chain.get_polymer()
    if len(span) < 2:
        return None
    entity = parsed.get_entity_of(span)
    given = entity.full_sequence if entity is not None else []
    sequence = [gemmi.Entity.first_mon(name) for name in given] or span.extract_sequence()
    return _Polymer(chain.name, span.check_polymer_type(), span, sequence)


def _rmsd_of_copies(first: _Polymer, second: _Polymer) -> float | None:
    """How far two chains differ (Å); None when they are no copies of each other."""
    if first.kind != second.kind or not _same_sequence(first.sequence, second.sequence):
        return None
    found = gemmi.calculate_superposition(
        first.residues, second.residues, first.kind, gemmi.SupSelect.CaP, trim_cycles=TRIM_CYCLES
    )
    superposed = found.count >= LEAST_SUPERPOSED * min(len(first.residues), len(second.residues))
    return float(found.rmsd) if superposed and found.rmsd <= MOST_RMSD else None


def _same_sequence(first: list[str], second: list[str]) -> bool:
    if first == second:
        return True
    short, long = sorted((len(first), len(second)))
    if short < LEAST_LENGTH * long:
        return False
    return 100 * gemmi.align_string_sequences(first, second, []).match_count >= LEAST_IDENTITY * short
