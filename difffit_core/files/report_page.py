"""A report as one HTML page that needs nothing but itself: what was fitted, how, and what to write about it.

Whatever comes from the user (names, notes, paths) is text in the template, which escapes it.
"""

import base64
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path

from difffit_core.data.results import FitResult
from difffit_core.data.structure import Structure
from difffit_core.data.volume import Volume
from difffit_core.errors import DiffFitError
from difffit_core.files.atomic_write import atomic_write
from difffit_core.files.checksums import checksum_of
from difffit_core.files.fit_report import FitReport
from difffit_core.files.methods_text import Methods, methods_of
from difffit_core.settings import PAPER_SETTINGS, FitSettings

MOST_CLUSTERS = 20  # rows of a table
SOFTWARE = ("difffit", "numpy", "scipy", "numba", "torch", "gemmi", "mrcfile")
CONFIDENCE = (
    "The confidence (0 to 1) says how far a placement stands out: the smaller of the probability that none of the "
    "wrong placements of the same search would have scored as high, and of the probability that the map can tell it "
    "from a good wrong placement at all. It does not say that the structure is the right one: a close homologue of "
    "what is in the map stands out too."
)
METRICS = {
    "correlation_about_mean": ("correlation about the mean", "{:.3f}"),
    "correlation": ("correlation", "{:.3f}"),
    "mean_overlap": ("mean overlap", "{:.4g}"),
    "mean_density": ("mean density", "{:.4g}"),
    "fraction_inside": ("fraction inside", "{:.0%}"),
}


@dataclass(frozen=True)
class Table:
    """Rows of text under a heading each; columns from `numbers_from` on are numbers."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers_from: int = 1
    note: str = ""


@dataclass(frozen=True)
class FitPart:
    """One fit: what and how, and its clusters."""

    title: str
    facts: tuple[tuple[str, str], ...]
    clusters: Table


@dataclass(frozen=True)
class Page:
    """Everything that the page shows."""

    title: str
    pictures: tuple[bytes, ...]  # PNG
    inputs: Table
    fits: tuple[FitPart, ...]
    methods: Methods
    copies: Table | None = None
    poses: str = ""  # the matrices of the copies
    command: str = ""


def page_of_fits(report: FitReport) -> Page:
    """The page of what `difffit fit` has found."""
    pairs = list(zip(report.structures, report.results, strict=True))
    return Page(
        title=f"{', '.join(structure.name for structure in report.structures)} in {report.map_path.name}",
        pictures=(),
        inputs=inputs_table([(report.map_path, report.volume)], report.structures),
        fits=tuple(fit_part(report.map_path.name, one, report.settings, result) for one, result in pairs),
        methods=methods_of([(report.settings, result) for result in report.results]),
        command=shlex.join(report.command),
    )


def write_page(path: Path | str, page: Page) -> None:
    """Write the page; a sentence when that cannot be done."""
    with atomic_write(path) as stream:
        stream.write(page_as_html(page).encode())


def page_as_html(page: Page) -> str:
    """The page as text."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(files("resources").joinpath("report", "report.html").read_text("utf-8"))
    return template.render(
        page=page,
        pictures=[base64.b64encode(picture).decode() for picture in page.pictures],
        confidence=CONFIDENCE,
        software=software(),
        created=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
    )


def software() -> list[tuple[str, str]]:
    """Name and version of what takes part in a fit."""
    found = []
    for name in SOFTWARE:
        try:
            found.append((name, version(name)))
        except PackageNotFoundError:  # a packed program may leave out what it does not use
            continue
    return found


def inputs_table(maps: Sequence[tuple[Path, Volume]], structures: Sequence[Structure]) -> Table:
    """Every file once, with its checksum."""
    rows = [(path.name, "map", _size_of(volume), *_checksum(path)) for path, volume in maps]
    for structure in structures:
        atoms = f"{len(structure):,} atoms" + _chains(structure)
        rows.append((structure.name, "structure", atoms, *_checksum(structure.source.path)))
    note = "Checksums are those of the uncompressed content."
    return Table(("file", "kind", "content", "bytes", "SHA-256"), tuple(dict.fromkeys(rows)), 3, note)


def fit_part(map_name: str, structure: Structure, settings: FitSettings, result: FitResult) -> FitPart:
    """What a fit was asked for and what it found."""
    asked = (_fact(field.name, settings) for field in fields(settings) if field.name not in PAPER_SETTINGS)
    starts = "the preset's number" if settings.starts is None else str(settings.starts)
    told = {
        "starts": starts,
        "resolution": f"{result.resolution:.4g} Å",
        "level": f"{result.contour_level:.5g} (map units)",
    }
    facts = [(name, told.get(name, value)) for name, value in asked]
    if settings.preset == "paper":
        facts += [_fact(name, settings) for name in PAPER_SETTINGS]
    facts.append(("computed by", f"{result.backend} on {result.device}"))
    facts.append(("searched", result.limits or "the whole map"))
    spent = ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in result.seconds.items())
    facts.append(("seconds", spent or "stopped before the end"))
    return FitPart(f"{structure.name} in {map_name}", tuple(facts), clusters_table(result))


def clusters_table(result: FitResult) -> Table:
    """The best clusters, with where their centroids lie."""
    rows = []
    for rank, cluster in enumerate(result.clusters[:MOST_CLUSTERS], 1):
        scores = cluster.scores.as_dict()
        metrics = [pattern.format(scores[name]) for name, (_, pattern) in METRICS.items()]
        place = " ".join(f"{part:.1f}" for part in cluster.representative.position_xyz[0])
        rows.append((str(rank), str(cluster.hits), f"{cluster.confidence:.2f}", *metrics, place))
    head = ("rank", "hits", "confidence", *(title for title, _ in METRICS.values()), "centroid x y z (Å)")
    left = len(result.clusters) - len(rows)
    return Table(head, tuple(rows), 0, f"{left} more clusters are not listed." if left else "")


def _fact(name: str, settings: FitSettings) -> tuple[str, str]:
    field = next(field for field in fields(settings) if field.name == name)
    value = getattr(settings, name)
    unit = field.metadata["unit"]
    return name.replace("_", " "), "suggested" if value is None else f"{value} {unit}".strip()


def _size_of(volume: Volume) -> str:
    z, y, x = volume.data.shape
    voxel = " × ".join(f"{size:.4g}" for size in volume.voxel_size_xyz)
    return f"{x} × {y} × {z} voxels of {voxel} Å"


def _chains(structure: Structure) -> str:
    chosen = structure.source.chains
    return "" if chosen is None else f", chains {', '.join(chosen)}"


def _checksum(path: Path) -> tuple[str, str]:
    try:
        checksum = checksum_of(path)
    except DiffFitError:
        return "", "the file is no longer there"
    return f"{checksum.size:,}", checksum.sha256
