"""Damage to bytes: flipped bits, extreme numbers, cuts, copies and splices, all from one random generator."""

import struct
from collections.abc import Callable, Sequence
from random import Random

MOST_BYTES = 1 << 18  # damage that doubles a file again and again stops here
INTEGERS = (0, 1, -1, 2, 3, 127, 255, 32767, 65535, 65536, 2**31 - 1, -(2**31), 10**9, 1024, 401)
REALS = (0.0, -0.0, 1.0, -1.0, 1e-45, 1e-30, 1e30, 3.4e38, float("inf"), float("-inf"), float("nan"), 90.0, 120.0)
TOKENS = (
    *(b"", b"-1", b"0", b"nan", b"-inf", b"1e400", b"-1e-400", b"9" * 30, b"9" * 5000, b"0x10", b"1_0", b"1e5"),
    *(b".", b"?", b"'", b'"', b";", b"*****", b"\xff\xfe", b"\xc3\xa9", b"\0", b"A" * 300, b"..", b"../../x", b"~"),
)
Mutation = Callable[[Random, bytes, Sequence[bytes]], bytes]


def mutate_bytes(random: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """The content with one to six damages; `others` are valid files of the same kind, for splices."""
    for _ in range(min(6, 1 + int(random.expovariate(0.7)))):
        content = random.choice(BYTE_DAMAGES)(random, content, others)[:MOST_BYTES]
    return content


def flip_bit(random: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """One bit of one byte."""
    changed = bytearray(content or b"\0")
    changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def overwrite(random: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """Up to sixteen random bytes in the place of others."""
    return put(content, place(random, content), random.randbytes(random.randint(1, 16)))


def put_number(random: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """A 32-bit word, aligned more often than not, that holds an extreme number in either byte order."""
    start = place(random, content)
    return put(content, start - start % 4 if random.random() < 0.8 else start, word(random))


def word(random: Random) -> bytes:
    """An extreme number of 32 bits in either byte order."""
    order = random.choice("<>")
    if random.random() < 0.6:
        return struct.pack(f"{order}i", random.choice(INTEGERS))
    return struct.pack(f"{order}f", random.choice(REALS))


def truncate(random: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """The beginning only."""
    return content[: place(random, content)]


def delete(random: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """All but a piece."""
    start, stop = piece(random, content)
    return content[:start] + content[stop:]


def duplicate(random: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """A piece again, somewhere else."""
    start, stop = piece(random, content)
    at = place(random, content)
    return content[:at] + content[start:stop] * random.choice((1, 1, 1, 2, 20)) + content[at:]


def splice(random: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """The beginning of this one and the end of another valid one."""
    other = random.choice(others)
    return content[: place(random, content)] + other[place(random, other) :]


def put_token(random: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """A word that parsers stumble over, put in or in the place of as many bytes."""
    token, start = random.choice(TOKENS), place(random, content)
    return content[:start] + token + content[start + (len(token) if random.random() < 0.7 else 0) :]


BYTE_DAMAGES: tuple[Mutation, ...] = (
    flip_bit, flip_bit, overwrite, put_number, put_number, truncate, delete, duplicate, splice, put_token,
)  # fmt: skip


def place(random: Random, content: bytes) -> int:
    """A position, near the beginning more often than its share: headers are there."""
    most = len(content)
    return random.randint(0, min(most, 1024) if random.random() < 0.4 else most)


def piece(random: Random, content: bytes) -> tuple[int, int]:
    """Beginning and end of a piece that is short more often than long."""
    start = place(random, content)
    return start, min(len(content), start + int(random.expovariate(1 / 64)) + 1)


def put(content: bytes, start: int, piece: bytes) -> bytes:
    """The content with this piece in the place of as many bytes."""
    return content[:start] + piece + content[start + len(piece) :]
