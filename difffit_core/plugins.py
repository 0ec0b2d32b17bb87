"""Scores and readers that other packages bring: found by their entry points, loaded when they are needed."""

from collections.abc import Callable
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from difffit_core.errors import DiffFitError

MAP_READERS, STRUCTURE_READERS, SCORES = "difffit.map_readers", "difffit.structure_readers", "difffit.scores"


class PluginError(DiffFitError):
    """Something that was installed beside DiffFit does not work."""


@cache
def plugins(group: str) -> dict[str, EntryPoint]:
    """What is installed for a group, by name in lower case; looked for once."""
    return {entry.name.lower(): entry for entry in entry_points(group=group)}


def load_plugin(group: str, name: str) -> Callable[..., Any]:
    """The function behind a name; PluginError when it is not installed or cannot be imported."""
    entry = plugins(group).get(name.lower())
    if entry is None:
        there = ", ".join(plugins(group)) or "none"
        raise PluginError(f"Nothing is installed as {name} in {group}; there is {there}.")
    try:
        function = entry.load()
    except Exception as cause:  # whatever a foreign package does when it is imported
        raise PluginError(f"{_origin(entry)} cannot be loaded ({cause}); update or remove it.") from cause
    return _guarded(function, entry)


def reader_for(group: str, suffix: str) -> Callable[..., Any] | None:
    """The reader of files with this suffix (`.dx`); None when nobody brings one."""
    name = suffix.removeprefix(".").lower()
    return load_plugin(group, name) if name in plugins(group) else None


def _guarded(function: Callable[..., Any], entry: EntryPoint) -> Callable[..., Any]:
    """The same function, whose faults name the package that they come from."""

    def call(*arguments: Any, **named: Any) -> Any:
        try:
            return function(*arguments, **named)
        except DiffFitError:
            raise
        except Exception as cause:
            raise PluginError(f"{_origin(entry)} failed ({type(cause).__name__}: {cause}).") from cause

    return call


def _origin(entry: EntryPoint) -> str:
    package = entry.dist.name if entry.dist else entry.module
    return f"{entry.name} of the package {package}"
