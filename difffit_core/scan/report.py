"""The report of a scan: one HTML page that needs nothing but itself."""

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from difffit_core.files.atomic_write import atomic_write
from difffit_core.scan.page_style import CSS
from difffit_core.scan.pictures import pictures_of
from difffit_core.scan.plots import FOUND, rank_plot, uniformity, volcano

Content = Mapping[str, Any]  # of ranking.json
SHOWN = 50  # candidates in the table: the whole of it is in ranking.csv
SHOWN_FAILED = 30
TITLES = ("rank", "candidate", "description", "atoms", "score", "p", "q", "correlation", "inside", "hits", "effort")


def write_report(path: Path, content: Content) -> None:
    """Replace the page in one step; pictures are drawn of the best candidates whose files, and the map, are there."""
    page = page_of(content, pictures_of(content))
    with atomic_write(path) as stream:
        stream.write(page.encode())


def page_of(content: Content, pictures: Sequence[tuple[Mapping[str, Any], str]] = ()) -> str:
    """The whole page; `pictures` are rows of the ranking and drawings (SVG)."""
    name = Path(str(content["map"]["path"])).name
    body = [
        f"<h1>What is in {escape(name)}</h1>",
        f"<p class='about'>{escape(_about(content))}</p>",
        f"<p class='answer'>{escape(answer(content))}</p>",
        _placements(pictures),
        _plots(content["candidates"]),
        "<h2>Ranking</h2>",
        _table(content["candidates"][:SHOWN]),
        _more(content),
        _failed(content["failed"]),
        _how(content),
    ]
    head = f'<meta charset="utf-8"><title>DiffFit scan: {escape(name)}</title><style>{CSS}</style>'
    return f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head><body>{"".join(body)}</body></html>\n'


def answer(content: Content) -> str:
    """The result in one sentence."""
    found = [row["name"] for row in content["candidates"] if row["q"] < FOUND]
    begin = "" if content["complete"] else "The scan was stopped before its end. "
    if not found:
        return begin + f"No candidate stands out: none has a q-value below {FOUND:g}."
    names = ", ".join(found[:10]) + (" …" if len(found) > 10 else "")
    stands = "candidate stands" if len(found) == 1 else "candidates stand"
    return begin + f"{len(found)} {stands} out (q < {FOUND:g}): {names}."


def _about(content: Content) -> str:
    settings, created = content["settings"], content["created"][:16].replace("T", " ")
    return (
        f"{len(content['candidates'])} candidates at {settings['resolution']:g} Å, "
        f"contour level {settings['level']:.4g}, "
        f"{content['seconds']['total']:.0f} s, DiffFit {content['version']}, {created} UTC."
    )


def _placements(pictures: Sequence[tuple[Mapping[str, Any], str]]) -> str:
    if not pictures:
        return ""
    figures = (f"<figure>{drawing}<figcaption>{_caption(row)}</figcaption></figure>" for row, drawing in pictures)
    note = "Best placements in the density above the contour level; chains run from blue to red."
    return f"<h2>Placements</h2><p class='note'>{note}</p><div class='placements'>{''.join(figures)}</div>"


def _caption(row: Mapping[str, Any]) -> str:
    found = " class='found'" if row["q"] < FOUND else ""
    about = f"<br>{escape(row['description'])}" if row["description"] else ""
    correlation = f"{row['scores']['correlation_about_mean']:.2f}"
    return f"<b{found}>{row['rank']}. {escape(row['name'])}</b> q {row['q']:.1e}, correlation {correlation}{about}"


def _plots(rows: Sequence[dict[str, Any]]) -> str:
    plots = (
        (
            volcano(rows),
            "Significance against correlation. Small candidates correlate well by chance, which p accounts for.",
        ),
        (rank_plot(rows), "Scores in the order of the ranking."),
        (uniformity(rows), "p-values against those expected if no candidate were there (dashed)."),
    )
    figures = (f"<figure>{plot}<figcaption>{escape(text)}</figcaption></figure>" for plot, text in plots if plot)
    return f"<h2>Significance</h2><div class='plots'>{''.join(figures)}</div>"


def _table(rows: Sequence[dict[str, Any]]) -> str:
    shown = [_cells(row) for row in rows]
    described = any(cells["description"] for cells in shown)
    titles = [title for title in TITLES if described or title != "description"]
    text = ("candidate", "description", "effort")
    head = "".join(f"<th{_text(title in text)}>{title}</th>" for title in titles)
    lines = (
        f"<tr{' class=found' if row['q'] < FOUND else ''}>"
        + "".join(f"<td{_text(title in text)}>{escape(cells[title])}</td>" for title in titles)
        + "</tr>"
        for row, cells in zip(rows, shown, strict=True)
    )
    return f"<div class='scroll'><table><thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table></div>"


def _text(is_text: bool) -> str:
    return " class=text" if is_text else ""


def _cells(row: dict[str, Any]) -> dict[str, str]:
    """The cells of a row by the titles of their columns."""
    scores = row["scores"]
    return {
        "rank": str(row["rank"]),
        "candidate": row["name"],
        "description": row["description"],
        "atoms": str(row["atoms"]),
        "score": f"{row['score']:.1f}",
        "p": f"{row['p']:.1e}",
        "q": f"{row['q']:.1e}",
        "correlation": f"{scores['correlation_about_mean']:.3f}",
        "inside": f"{scores['fraction_inside']:.0%}",
        "hits": str(row["hits"]),
        "effort": row["effort"],
    }


def _more(content: Content) -> str:
    left = len(content["candidates"]) - SHOWN
    notes = [f"{left} more are in ranking.csv."] if left > 0 else []
    if content["duplicates"]:
        notes.append(f"{len(content['duplicates'])} files have the same content as others and were searched once.")
    return "".join(f"<p class='note'>{note}</p>" for note in notes)


def _failed(failed: Sequence[Mapping[str, str]]) -> str:
    if not failed:
        return ""
    items = "".join(f"<li>{escape(entry['reason'])}</li>" for entry in failed[:SHOWN_FAILED])
    rest = f"<p class='note'>and {len(failed) - SHOWN_FAILED} more</p>" if len(failed) > SHOWN_FAILED else ""
    return f"<h2>{len(failed)} could not be searched</h2><ul>{items}</ul>{rest}"


def _how(content: Content) -> str:
    nulls = "; ".join(
        f"{effort}: location {null['location']:.2f}, scale {null['scale']:.2f}, from {null['candidates']} candidates"
        for effort, null in content["null"].items()
    )
    return (
        "<h2>How it was judged</h2>"
        "<p>Every candidate is compared with its own wrong placements: the excess of its best placement over them does "
        "not depend on its size. What wrong candidates reach by chance was learnt from the library, most of which is "
        "taken to be wrong. p is the probability that a wrong candidate reaches as much; q is the expected share of "
        "wrong ones among all candidates with a q as small (Benjamini and Hochberg).</p>"
        f"<p class='note'>Extreme value distribution of wrong candidates: {escape(nulls)}.</p>"
        f"<p class='note'><code>{escape(' '.join(content['command']))}</code></p>"
    )
