"""The checker behind jaxtyping's import hook: beartype, taught to leave `Self` alone."""

from collections.abc import Callable
from typing import Any, Self

from beartype import BeartypeConf, beartype


def check(function: Callable[..., Any]) -> Callable[..., Any]:
    """Check every call of `function`; beartype knows `Self` only when it decorates whole classes."""
    hints = getattr(function, "__annotations__", {})
    function.__annotations__ = {name: Any if hint is Self else hint for name, hint in hints.items()}
    return beartype(function, conf=BeartypeConf(is_pep484_tower=True))  # type: ignore[no-any-return,call-overload]
