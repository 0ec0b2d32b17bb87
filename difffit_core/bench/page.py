"""A run as one HTML page that needs nothing but itself."""

from collections.abc import Sequence
from html import escape
from typing import Any

from difffit_core.bench.plots import plots_of
from difffit_core.bench.rows import Table, case_rows, contest_rows, goal_rows, growth_rows, peer_rows
from difffit_core.bench.wording import command_of, machine_sentence, notes

Report = dict[str, Any]

CSS = """
:root { color-scheme: light; }
body { font: 15px/1.5 system-ui, sans-serif; color: #1f2933; background: #fff; margin: 0 auto; padding: 2.5rem 1.5rem;
  max-width: 62rem; }
h1 { font-size: 1.7rem; margin: 0 0 .3rem; } h2 { font-size: 1.15rem; margin: 2.6rem 0 .8rem; }
p.about { color: #6b7785; margin: 0 0 1rem; font-size: .9rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .87rem; font-variant-numeric: tabular-nums; }
th { text-align: left; color: #6b7785; font-weight: 600; border-bottom: 1px solid #cbd2d9; padding: .3rem .6rem; }
td { border-bottom: 1px solid #e4e8ed; padding: .3rem .6rem; vertical-align: top; }
td.yes { color: #1b7f4b; font-weight: 600; } td.no { color: #c0392b; font-weight: 600; }
svg { max-width: 100%; height: auto; margin: .4rem 0 1rem; }
.figures { display: flex; flex-wrap: wrap; gap: 1rem; margin: 1.2rem 0; }
.figures div { flex: 1 1 9rem; border: 1px solid #e4e8ed; border-radius: .5rem; padding: .7rem 1rem; }
.figures b { display: block; font-size: 1.5rem; font-weight: 600; } .figures span { color: #6b7785; font-size: .85rem; }
li { margin: .3rem 0; }
"""


def page_of(report: Report) -> str:
    """The whole page."""
    plots = plots_of(report)
    body = [
        f"<h1>DiffFit benchmark</h1><p class='about'>{escape(machine_sentence(report))}</p>",
        f"<p class='about'><code>{escape(command_of(report))}</code></p>",
        headline(report),
        part("What must be reached", goal_rows(report)),
        part("Against the published method", contest_rows(report), plots.get("contests")),
        part("Against other programs", peer_rows(report), plots.get("peers")),
        part("Growth", growth_rows(report), plots.get("growth")),
        part("Cases", case_rows(report), plots.get("accuracy", "") + plots.get("stages", "")),
        "<h2>How it is measured</h2><ul>" + "".join(f"<li>{escape(note)}</li>" for note in notes()) + "</ul>",
    ]
    head = f'<meta charset="utf-8"><title>DiffFit benchmark</title><style>{CSS}</style>'
    return f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head><body>{"".join(body)}</body></html>\n'


def headline(report: Report) -> str:
    """The few figures that people look for first."""
    cost, runs = report["evaluate_ns_per_point"], report["cases"]
    boxes = [(f"{sum(run['passed'] for run in runs)} of {len(runs)}", "cases passed")] if runs else []
    boxes += [(f"{c['ratio']:.0f}×", f"faster than the published method ({c['case']})") for c in report["contests"]]
    if cost:
        boxes.append((f"{cost['gradient']:.1f} ns", "a sample with its gradient"))
    return (
        "<div class='figures'>" + "".join(f"<div><b>{a}</b><span>{escape(b)}</span></div>" for a, b in boxes) + "</div>"
    )


def part(title: str, table: Table, plot: str | None = None) -> str:
    """A heading, its plots and its table; nothing where nothing was measured."""
    head, rows = table
    return f"<h2>{escape(title)}</h2>{plot or ''}{html_table(head, rows)}" if rows else ""


def html_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table; a last cell of yes or no is coloured."""
    top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    lines = "".join(f"<tr>{''.join(cell_of(cell) for cell in row)}</tr>" for row in rows)
    return f"<div class='scroll'><table><thead><tr>{top}</tr></thead><tbody>{lines}</tbody></table></div>"


def cell_of(text: str) -> str:
    """One cell."""
    mark = f" class='{text}'" if text in ("yes", "no") else ""
    return f"<td{mark}>{escape(text)}</td>"
