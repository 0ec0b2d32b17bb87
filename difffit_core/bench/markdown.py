"""A run as a short page of Markdown, for the documentation."""

from collections.abc import Iterable, Sequence
from typing import Any

from difffit_core.bench.rows import contest_rows, goal_rows, group_rows, growth_rows, peer_rows
from difffit_core.bench.wording import command_of, machine_sentence, notes

Report = dict[str, Any]
MADE_BY = "Made from one run's JSON by `difffit bench --read FILE --markdown docs/benchmark.md`."


def markdown_of(report: Report) -> str:
    """The whole page; every figure is the run's."""
    parts = [
        "# Benchmark",
        f"{MADE_BY} {machine_sentence(report)}",
        f"The run: `{command_of(report)}`.",
        "## What must be reached",
        table(*goal_rows(report)),
        *section("Against the published method", contest_rows(report)),
        *section("Against other programs", peer_rows(report)),
        *section("Growth", growth_rows(report)),
        *section("Cases", group_rows(report)),
        "## How it is measured",
        "\n".join(f"- {note}" for note in notes()),
    ]
    return "\n\n".join(parts) + "\n"


def section(title: str, rows: tuple[Sequence[str], Sequence[Sequence[str]]]) -> Iterable[str]:
    """A heading and its table; nothing where nothing was measured."""
    return (f"## {title}", table(*rows)) if rows[1] else ()


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows])
