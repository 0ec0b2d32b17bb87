"""Several maps against one library: which candidate is in which map."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from difffit_core.files.atomic_write import atomic_write
from difffit_core.files.compression import name_without_suffixes
from difffit_core.scan.page_style import CSS
from difffit_core.scan.plots import FOUND
from difffit_core.scan.significance import q_values

SCHEMA = "difffit/scan-table/1"
SHOWN = 15  # candidates on standard output
SURE = 0.01  # q-value from which a cell is marked more strongly
LISTED = 200  # on the page: all are in table.csv

TABLE_CSS = """
td.cell { text-align: center; } td.found { background: color-mix(in srgb, var(--blue) 16%, transparent);
  color: var(--blue); font-weight: 600; }
td.sure { background: var(--blue); color: var(--paper); }
th.cell { text-align: center; } th.cell a { color: inherit; text-decoration: none; }
"""


@dataclass(frozen=True)
class MapTable:
    """Candidates by maps; NaN where a candidate could not be searched.

    q-values are those of all cells together: among all cells with q ≤ 0.05 at most one in twenty is expected to be
    wrong, however many maps there are.
    """

    maps: tuple[str, ...]  # names of their folders
    candidates: tuple[str, ...]  # those that are in any map most clearly first
    descriptions: tuple[str, ...]
    score: Float64[ndarray, "candidate map"]
    p: Float64[ndarray, "candidate map"]
    q: Float64[ndarray, "candidate map"]

    def as_dict(self) -> dict[str, Any]:
        """What JSON can hold."""
        rows = [
            {"name": name, "description": text, "maps": self._cells(k)}
            for k, (name, text) in enumerate(zip(self.candidates, self.descriptions, strict=True))
        ]
        return {"schema": SCHEMA, "maps": list(self.maps), "candidates": rows}

    def _cells(self, row: int) -> dict[str, dict[str, float] | None]:
        values = zip(self.score[row].tolist(), self.p[row].tolist(), self.q[row].tolist(), strict=True)
        cells = (None if np.isnan(cell).any() else dict(zip(("score", "p", "q"), cell, strict=True)) for cell in values)
        return dict(zip(self.maps, cells, strict=True))


def folders_of(maps: Sequence[Path], folder: Path) -> list[Path]:
    """A folder for each map, named like it; equal names get a number."""
    names: list[str] = []
    for path in maps:
        stem = name_without_suffixes(path)
        name, count = stem, 1
        while name.casefold() in {*(taken.casefold() for taken in names), "library"}:
            count += 1
            name = f"{stem}-{count}"
        names.append(name)
    return [folder / name for name in names]


def table_of(contents: Mapping[str, Mapping[str, Any]]) -> MapTable:
    """The table of several rankings (what each `ranking.json` says), by the names of their maps."""
    rows = [{row["name"]: row for row in content["candidates"]} for content in contents.values()]
    names = list(dict.fromkeys(name for ranked in rows for name in ranked))
    texts = {name: row["description"] for ranked in rows for name, row in ranked.items()}

    def values(key: str) -> Float64[ndarray, "candidate map"]:
        cells = [[ranked[name][key] if name in ranked else np.nan for ranked in rows] for name in names]
        return np.array(cells, np.float64).reshape(len(names), len(rows))

    score, p = values("score"), values("p")
    q, known = np.full_like(p, np.nan), ~np.isnan(p)
    q[known] = q_values(p[known])
    order = np.argsort(np.where(known, p, np.inf).min(axis=1, initial=np.inf), kind="stable")
    chosen = tuple(names[k] for k in order)
    return MapTable(tuple(contents), chosen, tuple(texts[name] for name in chosen), score[order], p[order], q[order])


def write_table(folder: Path, table: MapTable) -> None:
    """Write `table.csv` and `table.html`, each in one step."""
    with atomic_write(folder / "table.csv") as stream:
        stream.write(table_as_csv(table).encode())
    with atomic_write(folder / "table.html") as stream:
        stream.write(table_as_page(table).encode())


def table_as_csv(table: MapTable) -> str:
    """A line per candidate; score, p and q of each map; empty where it could not be searched."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(["name", *(f"{name} {key}" for name in table.maps for key in ("score", "p", "q")), "description"])
    for k, name in enumerate(table.candidates):
        cells = np.stack([table.score[k], table.p[k], table.q[k]], axis=1).ravel()
        lines.writerow([name, *("" if np.isnan(x) else f"{x:.6g}" for x in cells), table.descriptions[k]])
    return text.getvalue()


def table_as_text(table: MapTable) -> str:
    """The first candidates with their q in every map."""
    lines = [f"{'candidate':<28}" + "".join(f"  {name[:14]:>14}" for name in table.maps)]
    for name, q in zip(table.candidates[:SHOWN], table.q, strict=False):
        lines.append(f"{name[:28]:<28}" + "".join(f"  {_number(value):>14}" for value in q))
    return "\n".join([*lines, "q-values, of all cells together"])


def table_as_page(table: MapTable) -> str:
    """The table as a page with links to the report of each map."""
    rows = "".join(_line(table, k) for k in range(min(len(table.candidates), LISTED)))
    left = len(table.candidates) - LISTED
    notes = [
        f"q-values of all cells together; those below {FOUND:g} are marked. The maps' names lead to their reports."
    ]
    notes += [f"{left} more candidates are in table.csv."] if left > 0 else []
    body = [
        "<h1>What is in which map</h1>",
        f"<p class='about'>{len(table.candidates)} candidates, {len(table.maps)} maps.</p>",
        *(f"<p class='note'>{note}</p>" for note in notes),
        f"<div class='scroll'><table>{_head(table.maps)}<tbody>{rows}</tbody></table></div>",
    ]
    title = f"<title>DiffFit scan of {len(table.maps)} maps</title>"
    head = f'<meta charset="utf-8">{title}<style>{CSS}{TABLE_CSS}</style>'
    return f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head><body>{"".join(body)}</body></html>\n'


def _head(maps: Sequence[str]) -> str:
    links = (f"<th class='cell'><a href='{escape(name)}/report.html'>{escape(name)}</a></th>" for name in maps)
    return f"<thead><tr><th class='text'>candidate</th>{''.join(links)}<th class='text'></th></tr></thead>"


def _line(table: MapTable, k: int) -> str:
    cells = "".join(
        f"<td class='cell{_kind(value)}' title='p {p:.1e}'>{_number(value)}</td>"
        for value, p in zip(table.q[k].tolist(), table.p[k].tolist(), strict=True)
    )
    name, text = escape(table.candidates[k]), escape(table.descriptions[k])
    return f"<tr><td class='text'>{name}</td>{cells}<td class='text'>{text}</td></tr>"


def _kind(q: float) -> str:
    return " found sure" if q < SURE else " found" if q < FOUND else ""


def _number(q: float) -> str:
    return "–" if np.isnan(q) else f"{q:.1e}" if q < 0.01 else f"{q:.2f}"
