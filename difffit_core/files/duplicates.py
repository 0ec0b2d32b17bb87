"""Structures of (nearly) the same sequence and shape, of which one is enough.

Greedy clustering as CD-HIT does it (Li & Godzik, Bioinformatics 22, 1658, 2006): the longest first; whatever is as
identical as asked for to one that is kept is its duplicate. Words that sequences must share decide which pairs are
worth an alignment.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import gemmi

from difffit_core.data.structure import Structure
from difffit_core.events import Job, StageAdvanced, StageStarted
from difffit_core.files.identical_chains import LEAST_LENGTH, LEAST_SUPERPOSED, MOST_RMSD, TRIM_CYCLES
from difffit_core.files.structure_files import parse_source

WORD = 5  # residues


@dataclass(frozen=True)
class Duplicate:
    """Which of the structures it is a duplicate of, and how much of its sequence is the same (percent)."""

    of: int
    identity: float


def find_duplicates(
    sequences: Sequence[str], least_identity: float, alike: Callable[[int, int], bool]
) -> Job[dict[int, Duplicate]]:
    """Duplicates by index: at least so identical (percent of the shorter one), not much shorter, and `alike`."""
    yield StageStarted("find duplicates", len(sequences))
    found: dict[int, Duplicate] = {}
    kept: list[int] = []
    homes: defaultdict[str, list[int]] = defaultdict(list)  # which of the kept ones have a word
    for n, k in enumerate(sorted(range(len(sequences)), key=lambda k: (-len(sequences[k]), k)), 1):
        words = _words(sequences[k])
        for other in _worth_aligning(sequences[k], words, kept, homes, least_identity):
            identity = _identity(sequences[other], sequences[k])
            long_enough = len(sequences[k]) >= LEAST_LENGTH * len(sequences[other])
            if long_enough and identity >= least_identity and alike(other, k):
                found[k] = Duplicate(other, identity)
                break
        else:
            kept.append(k)
            for word in words:
                homes[word].append(k)
        yield StageAdvanced(n)
    return found


def same_shape(first: Structure, second: Structure) -> bool:
    """Whether the first polymers of two structures superpose."""
    (one, kind), (other, _) = (_first_polymer(structure) for structure in (first, second))
    if len(one) < 3 or len(other) < 3:
        return False
    found = gemmi.calculate_superposition(one, other, kind, gemmi.SupSelect.CaP, trim_cycles=TRIM_CYCLES)
    return found.count >= LEAST_SUPERPOSED * min(len(one), len(other)) and found.rmsd <= MOST_RMSD


def _first_polymer(structure: Structure) -> tuple[gemmi.ResidueSpan, gemmi.PolymerType]:
    parsed, _ = parse_source(structure.source)
    parsed.setup_entities()
    spans = [chain.get_polymer() for chain in parsed[0]]
    span = max(spans, key=len)
    return span, span.check_polymer_type()


def _words(sequence: str) -> set[str]:
    return {sequence[k : k + WORD] for k in range(len(sequence) - WORD + 1)}


def _worth_aligning(
    sequence: str, words: set[str], kept: Sequence[int], homes: defaultdict[str, list[int]], least_identity: float
) -> list[int]:
    """Those kept that share enough words: every residue that differs takes at most five words away."""
    differing = (1 - least_identity / 100) * len(sequence)
    least = len(words) - WORD * differing
    if least <= 0:
        return list(kept)
    shared = Counter(other for word in words for other in homes.get(word, ()))
    return [other for other, count in shared.most_common() if count >= least]


def _identity(first: str, second: str) -> float:
    """Percent of the shorter sequence."""
    if first == second:
        return 100.0
    matches = gemmi.align_string_sequences(list(first), list(second), []).match_count
    return 100.0 * matches / max(min(len(first), len(second)), 1)
