"""Whether what was read from a file is what the declarations say: JSON can hold anything in any place."""

from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints


def require_declared_types(record: Any) -> None:
    """Raise TypeError when a field of this dataclass holds something else than its annotation says."""
    kind: Any = type(record)
    for name, hint in _hints(kind).items():
        if not conforms(getattr(record, name), hint):
            raise TypeError(f"{kind.__name__}.{name} is {type(getattr(record, name)).__name__}")


def conforms(value: Any, hint: Any) -> bool:
    """Whether a value is what an annotation says, in containers too; a whole number is a float, a bool is no number."""
    origin, arguments = get_origin(hint), get_args(hint)
    if hint is Any:
        return True
    if origin in (Union, UnionType):
        return any(conforms(value, one) for one in arguments)
    if origin is Literal:
        return value in arguments
    if origin is tuple:
        return isinstance(value, tuple) and _entries_conform(value, arguments)
    if origin in (dict, Mapping):
        key, entry = arguments
        return isinstance(value, Mapping) and all(conforms(k, key) and conforms(v, entry) for k, v in value.items())
    return _is_plainly(value, hint)


def _entries_conform(entries: tuple[Any, ...], hints: tuple[Any, ...]) -> bool:
    if len(hints) == 2 and hints[1] is Ellipsis:
        return all(conforms(entry, hints[0]) for entry in entries)
    return len(entries) == len(hints) and all(map(conforms, entries, hints))


def _is_plainly(value: Any, hint: Any) -> bool:
    if isinstance(value, int) and hint in (float, int):
        return not isinstance(value, bool) and value.bit_length() < 64
    return value is None if hint is type(None) else isinstance(value, hint)


@cache
def _hints(kind: type[Any]) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind) if field.init}
