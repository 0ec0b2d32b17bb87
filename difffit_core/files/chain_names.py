"""Chain names for an assembly, in which no two chains may share one."""

from collections.abc import Iterator, Sequence
from itertools import count, product
from string import ascii_lowercase, ascii_uppercase, digits

LETTERS = ascii_uppercase + ascii_lowercase + digits


def unique_chain_names(copies: Sequence[Sequence[str]]) -> list[dict[str, str]]:
    """For each copy, from its own chain names to those in the assembly.

    The first copy that uses a name keeps it; the others get A to Z, a to z, 0 to 9, then two letters, and so on.
    """
    taken = {name for names in copies for name in names}
    free, given = _free_names(taken), set[str]()
    renamed = []
    for names in copies:
        mapping = {}
        for name in dict.fromkeys(names):
            mapping[name] = next(free) if name in given else name
            given.add(name)
        renamed.append(mapping)
    return renamed


def unused_name(wanted: str, taken: set[str]) -> str:
    """`wanted`, with a number behind it where that is taken already; notes that it is taken now."""
    name = next(name for number in count() if (name := f"{wanted}x{number}" if number else wanted) not in taken)
    taken.add(name)
    return name


def _free_names(taken: set[str]) -> Iterator[str]:
    for length in count(1):
        for letters in product(LETTERS, repeat=length):
            name = "".join(letters)
            if name not in taken:
                yield name
