"""Damage to the structure of JSON: other values, missing and foreign members, deep nesting."""

import json
from collections.abc import Iterator, Sequence
from copy import deepcopy
from random import Random
from typing import Any

from tests.fuzz.mutations import mutate_bytes
from tests.fuzz.text_mutations import packed

VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2**31, 2**63, 10**400, -0.5, 1e308, float("nan"), float("inf"), float("-inf")),
    *("", "A", "nan", "../../x", "/dev/zero", "\0", "é" * 40, "\ud800", "x" * 5000, "O", "V1000000000", "<f4"),
    *([], {}, [[]], [[[[[1]]]]], {"type": "Session"}, {"file": "map1"}, {"stored": "x"}, {"path": "/dev/zero"}),
    *({"values": [1], "dtype": "V1000000000", "shape": [1]}, {"values": [], "dtype": "<f8", "shape": [0, 10**12]}),
    *({"table": {"a": 1}}, {"number": "nan"}, [0] * 1000, 10**9),
)
DEPTH = 100_000
Slot = tuple[Any, Any]  # a container and the key or index of a member


def mutate_json(random: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """One to four damages to the structure; or to the text; some of it compressed."""
    return packed(random, mutate_json_text(random, content, others))


def mutate_json_text(random: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """The same, never compressed."""
    chance = random.random()
    if chance < 0.2:
        return mutate_bytes(random, content, others)
    if chance < 0.21:
        return nested(random, content)
    root = [json.loads(content)]
    for _ in range(random.choice((1, 1, 1, 2, 4))):
        _damage(random, root, json.loads(random.choice(others)))
    return json.dumps(root[0]).encode()


def nested(random: Random, content: bytes) -> bytes:
    """The content with a member as deep as no parser's stack."""
    deep = random.choice((b"[" * DEPTH + b"]" * DEPTH, b'{"a":' * 2000 + b"1" + b"}" * 2000))
    at = content.find(random.choice((b":", b"[", b",")), random.randrange(max(len(content), 1)))
    return content[: at + 1] + deep + content[at + 1 :] if at >= 0 else deep


def _damage(random: Random, root: list[Any], other: Any) -> None:
    slots = list(members(root))
    if not slots:
        root.append(deepcopy(random.choice(VALUES)))
        return
    holder, key = random.choice(slots)
    match random.randrange(6):
        case 0 if holder is not root:
            del holder[key]
        case 1:
            holder[key] = _copy_of(random, slots)
        case 2:
            holder[key] = other  # read anew for every damage, so that nothing holds itself
        case 3 if isinstance(holder, dict):
            holder[random.choice(("", "type", "a", "file", "kind", str(key).upper()))] = holder.pop(key)
        case 4 if isinstance(holder, list):
            holder.insert(key, deepcopy(holder[key]))
        case _:
            holder[key] = deepcopy(random.choice(VALUES))


def _copy_of(random: Random, slots: list[Slot]) -> Any:
    holder, key = random.choice(slots)
    text = json.dumps(holder[key])
    return json.loads(text) if len(text) < 10_000 else None


def members(value: Any) -> Iterator[Slot]:
    """Every member of every list and object below a value, no more than a few of each long list."""
    keys: Any = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in list(keys)[:12]:
        yield value, key
        yield from members(value[key])
