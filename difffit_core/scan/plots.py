"""The plots of a scan's report, drawn as SVG by hand: no library is loaded, and every point names its candidate."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

WIDTH, HEIGHT = 460, 320
LEFT, RIGHT, TOP, BOTTOM = 54, 14, 14, 44
FOUND = 0.05  # q-value up to which a candidate counts as found
LABELLED = 5  # of the found ones
SMALLEST_P = 1e-300


@dataclass(frozen=True)
class Point:
    """A candidate in a plot."""

    x: float
    y: float
    name: str
    found: bool


def volcano(rows: Sequence[dict[str, Any]]) -> str:
    """How significant each candidate is against how well it correlates."""
    points = [
        _point(row, row["scores"]["correlation_about_mean"], -math.log10(max(row["p"], SMALLEST_P))) for row in rows
    ]
    return _plot(points, "correlation about the mean", "−log₁₀ p")


def rank_plot(rows: Sequence[dict[str, Any]]) -> str:
    """The scores in the order of the ranking."""
    return _plot([_point(row, row["rank"], row["score"]) for row in rows], "rank", "score")


def uniformity(rows: Sequence[dict[str, Any]]) -> str:
    """The p-values in their order against those expected of wrong candidates: a straight line, but for the found."""
    count = len(rows)
    falling = sorted(rows, key=lambda row: row["p"])
    points = [
        _point(row, -math.log10((n + 0.5) / count), -math.log10(max(row["p"], SMALLEST_P)))
        for n, row in enumerate(falling)
    ]
    return _plot(points, "−log₁₀ p expected of wrong candidates", "−log₁₀ p", diagonal=True)


def _point(row: dict[str, Any], x: float, y: float) -> Point:
    return Point(x, y, row["name"], row["q"] < FOUND)


def _plot(points: Sequence[Point], x_title: str, y_title: str, *, diagonal: bool = False) -> str:
    if not points:
        return ""
    across, up = _ticks([p.x for p in points]), _ticks([p.y for p in points])

    def place(x: float, y: float) -> tuple[float, float]:
        right = (x - across[0]) / (across[-1] - across[0]) * (WIDTH - LEFT - RIGHT)
        return LEFT + right, HEIGHT - BOTTOM - (y - up[0]) / (up[-1] - up[0]) * (HEIGHT - TOP - BOTTOM)

    parts = [_grid(across, up, place), _titles(x_title, y_title)]
    if diagonal:
        end = min(across[-1], up[-1])
        (x0, y0), (x1, y1) = place(0, 0), place(end, end)
        parts.append(f'<line class="expected" x1="{x0:.1f}" y1="{y0:.1f}" x2="{x1:.1f}" y2="{y1:.1f}"/>')
    parts += [_dot(point, *place(point.x, point.y)) for point in sorted(points, key=lambda p: p.found)]
    parts += [_label(point, *place(point.x, point.y)) for point in [p for p in points if p.found][:LABELLED]]
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img">{"".join(parts)}</svg>'


def _grid(across: list[float], up: list[float], place: Any) -> str:
    lines = []
    for x in across:
        px, bottom = place(x, up[0])
        lines.append(f'<text x="{px:.1f}" y="{bottom + 16:.1f}" text-anchor="middle">{x:g}</text>')
    for y in up:
        left, py = place(across[0], y)
        lines.append(f'<line class="grid" x1="{left:.1f}" y1="{py:.1f}" x2="{WIDTH - RIGHT}" y2="{py:.1f}"/>')
        lines.append(f'<text x="{left - 8:.1f}" y="{py + 4:.1f}" text-anchor="end">{y:g}</text>')
    return "".join(lines)


def _titles(x_title: str, y_title: str) -> str:
    x, y = (LEFT + WIDTH - RIGHT) / 2, (TOP + HEIGHT - BOTTOM) / 2
    upright = f'transform="translate(14 {y}) rotate(-90)"'
    return (
        f'<text class="title" x="{x}" y="{HEIGHT - 6}" text-anchor="middle">{escape(x_title)}</text>'
        f'<text class="title" {upright} text-anchor="middle">{escape(y_title)}</text>'
    )


def _dot(point: Point, x: float, y: float) -> str:
    kind, radius = ("found", 4.0) if point.found else ("other", 2.6)
    title = f"<title>{escape(point.name)}</title>"
    return f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="{radius}">{title}</circle>'


def _label(point: Point, x: float, y: float) -> str:
    shift, anchor = (-8, "end") if x > WIDTH / 2 else (8, "start")
    name = escape(point.name)
    return f'<text class="name" x="{x + shift:.1f}" y="{y + 4:.1f}" text-anchor="{anchor}">{name}</text>'


def _ticks(values: Sequence[float]) -> list[float]:
    """Four to eight round numbers that enclose the values."""
    low, high = min(values), max(values)
    if high - low < 1e-9:
        low, high = low - 0.5, high + 0.5
    rough = (high - low) / 5
    power = 10 ** math.floor(math.log10(rough))
    step = min((m * power for m in (1, 2, 5, 10)), key=lambda s: abs(math.log(s / rough)))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(k * step, 10) for k in range(first, last + 1)]
