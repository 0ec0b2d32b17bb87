"""Damage to text in lines and columns, and to headers of maps in words, beside that of `mutations`."""

import bz2
import gzip
from collections.abc import Sequence
from random import Random

from tests.fuzz.mutations import TOKENS, mutate_bytes, put, word

WORDS = (*range(1, 25), *range(25, 57))  # of the MRC header, from 1: all that have a meaning


def mutate_map(random: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """A map with extreme header words or any other damage, some compressed before or after it."""
    if random.random() < 0.5:
        for _ in range(random.randint(1, 3)):
            content = put(content, 4 * (random.choice(WORDS) - 1), word(random))
    else:
        content = mutate_bytes(random, content, others)
    return packed(random, content)


def mutate_text(random: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """Lines dropped, doubled, swapped, taken from another file or with other words in them."""
    if random.random() < 0.4:
        return packed(random, mutate_bytes(random, content, others))
    lines = content.split(b"\n")
    for _ in range(random.randint(1, 4)):
        _damage_lines(random, lines, random.choice(others).split(b"\n"))
    return packed(random, b"\n".join(lines))


def _damage_lines(random: Random, lines: list[bytes], other: list[bytes]) -> None:
    at = random.randrange(len(lines) + 1)
    match random.randrange(6):
        case 0:
            del lines[at : at + random.choice((1, 1, 3, 20))]
        case 1:
            lines[at:at] = lines[at : at + random.randint(1, 5)] * random.choice((1, 2, 30))
        case 2:
            lines.insert(at, random.choice(other))
        case 3:
            random.shuffle(lines)
        case _ if lines:
            lines[at % len(lines)] = damaged_line(random, lines[at % len(lines)])
    lines[:] = lines[:4000] or [b""]


def damaged_line(random: Random, line: bytes) -> bytes:
    """A line with another word in it: in columns, which keeps its length, or between blanks."""
    token = random.choice(TOKENS)
    if random.random() < 0.5:
        start, width = random.randint(0, max(len(line), 1)), random.choice((1, 3, 5, 8))
        return line[:start] + token[:width].rjust(width) + line[start + width :]
    words = line.split(b" ")
    words[random.randrange(len(words))] = token
    return b" ".join(words)


def packed(random: Random, content: bytes) -> bytes:
    """The content as it is, seven times of ten; else compressed, some of it damaged once more or twice compressed."""
    chance = random.random()
    if chance < 0.7:
        return content
    pack = gzip.compress if random.random() < 0.7 else bz2.compress
    content = pack(content, 1)
    if chance > 0.97:
        return pack(content, 1)
    return mutate_bytes(random, content, [content]) if chance > 0.85 else content
