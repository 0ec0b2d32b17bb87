"""How many copies of each structure are wanted, as text: A=2, B=4."""

import re
from collections.abc import Sequence

from difffit_core.errors import SettingsError

MOST = 999  # copies of one structure


def written(names: Sequence[str], copies: Sequence[int]) -> str:
    """The wish as text; 0 copies stands for as many as are sure, and is not written."""
    return ", ".join(f"{name}={count}" for name, count in zip(names, copies, strict=True) if count)


def copies_in(text: str, names: Sequence[str]) -> list[int]:
    """Copies by structure, in the order of the names, 0 where the text names none.

    Raises SettingsError when a name is unknown or a number is none.
    """
    copies = dict.fromkeys(names, 0)
    for part in filter(None, re.split(r"[,;\s]+", re.sub(r"\s*[=:]\s*", "=", text.strip()))):
        name, _, number = part.partition("=")
        if name not in copies:
            raise SettingsError(f"There is no structure {name!r}; the ticked ones are {', '.join(names)}.")
        if not number.isdecimal() or not 1 <= int(number) <= MOST:
            raise SettingsError(f"Say how many copies of {name} there are, for example {name}=2.")
        copies[name] = int(number)
    return [copies[name] for name in names]
