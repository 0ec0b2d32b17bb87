"""What the program is made of: packages, their versions and licences."""

import platform
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution

_NAME = re.compile(r"^[A-Za-z0-9._-]+")
_LICENCE_FILE = re.compile(r"(^|/)(licen[cs]e|copying|notice|copyright)[^/]*$", re.IGNORECASE)
_LONGEST = 60  # characters of a licence's name: some packages put the whole text in its place


@dataclass(frozen=True)
class Component:
    """A package that the program uses."""

    name: str
    version: str
    licence: str


def components() -> tuple[Component, ...]:
    """Python, and every package that DiffFit needs to run here, in the order of their names."""
    found = {part.metadata["Name"]: part for part in _closure("difffit", frozenset({"gui"}))}
    packages = [Component(name, part.version, _licence(part)) for name, part in found.items()]
    python = Component("Python", platform.python_version(), "PSF-2.0")
    return tuple(sorted([python, *packages], key=lambda component: component.name.lower()))


def licence_text(name: str) -> str:
    """The licences that a package brings, one after the other; empty when it brings none."""
    try:
        part = distribution(name)
    except PackageNotFoundError:
        return ""
    files = [file for file in part.files or () if ".dist-info" in str(file) and _LICENCE_FILE.search(str(file))]
    return "\n\n".join(file.read_binary().decode(errors="replace").strip() for file in files)


def _closure(name: str, extras: frozenset[str], seen: set[str] | None = None) -> Iterator[Distribution]:
    """A package and all that it requires; those that are not installed are left out."""
    seen = set() if seen is None else seen
    if name.lower() in seen:
        return
    seen.add(name.lower())
    try:
        part = distribution(name)
    except PackageNotFoundError:
        return
    yield part
    for requirement in part.requires or ():
        needed = _NAME.match(requirement)
        if needed and _applies(requirement, extras):
            yield from _closure(needed[0], frozenset(), seen)


def _applies(requirement: str, extras: frozenset[str]) -> bool:
    """Whether a requirement holds with these extras; other conditions are met by being installed."""
    asked = re.search(r"extra\s*==\s*['\"]([^'\"]+)['\"]", requirement)
    return asked is None or asked[1] in extras


def _licence(part: Distribution) -> str:
    """The short name of a package's licence, from the newest of the three fields that it may be in."""
    facts = part.metadata
    kinds = [kind.rpartition(" :: ")[2] for kind in facts.get_all("Classifier") or () if kind.startswith("License ::")]
    first = _field(part, "License").splitlines()
    named = _field(part, "License-Expression") or ", ".join(kinds) or (first[0] if first else "")
    return named if len(named) <= _LONGEST else f"{named[:_LONGEST]}…"


def _field(part: Distribution, name: str) -> str:
    return part.metadata[name].strip() if name in part.metadata else ""
