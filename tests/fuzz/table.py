"""The result of a campaign as a table in the documentation, between two marks; other rows stay as they were."""

import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from tests.fuzz.tally import Tally
from tests.generated import part, put

HEAD = (
    "| reader | inputs | read | refused in a sentence | broke the promise | slowest (CPU s) | most memory (of what is "
    "allowed) | run |\n|---|---|---|---|---|---|---|---|\n"
)


def write_table(page: Path, tallies: Mapping[str, Tally], seed: int) -> None:
    """Replace the rows of these readers."""
    rows = {line.split("|")[1].strip(): line for line in part(page, "fuzz").splitlines()[2:] if line.startswith("|")}
    rows |= {name: row(name, tally, seed) for name, tally in tallies.items()}
    put(page, "fuzz", HEAD + "".join(f"{line}\n" for line in rows.values()))


def row(name: str, tally: Tally, seed: int) -> str:
    """One reader's line."""
    when = (
        f"{datetime.now(UTC):%Y-%m-%d}, seed {seed}, DiffFit {version('difffit')}, Python {platform.python_version()}"
    )
    counts = " | ".join(f"{count:,}" for count in (tally.inputs, tally.read, tally.refused, len(tally.failures)))
    return f"| {name} | {counts} | {tally.slowest:.2f} | {tally.largest:.0%} | {when} |"
