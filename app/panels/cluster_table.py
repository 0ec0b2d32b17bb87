"""Clusters as a table: which columns there are, how each is written, and what each means."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from app.panels.numbers import fixed, significant
from app.theme import Colour
from difffit_core.data.results import Cluster
from difffit_core.document.session import ClusterId, Session


@dataclass(frozen=True)
class ClusterRow:
    """One line of the table."""

    id: ClusterId
    rank: int
    structure: str
    colour: Colour
    cluster: Cluster = field(compare=False)


@dataclass(frozen=True)
class Column:
    """A column: its title, what it means, its value for sorting and copying, and how that is written."""

    key: str
    title: str
    meaning: str
    value: Callable[[ClusterRow], Any]
    text: Callable[[Any], str]
    width: int  # pixels
    numeric: bool = True
    shown: bool = True  # at first
    bar: str = ""  # `share`: the value is one; `column`: relative to the highest value in the column

    @property
    def best_first(self) -> bool:
        """Whether a first click on the title sorts downwards: a high number is a good one."""
        return self.numeric and self.key != "rank"


def _score(name: str) -> Callable[[ClusterRow], float]:
    return lambda row: float(getattr(row.cluster.scores, name))


def _three(value: float) -> str:
    return fixed(value, 3)


def _percent(value: float) -> str:
    return f"{fixed(100 * value, 0)} %"


COLUMNS: tuple[Column, ...] = (
    Column("rank", "#", "Rank within its fit: 1 is the best placement.", lambda r: r.rank, str, 36),
    Column(
        "structure",
        "Structure",
        "The structure that was placed.",
        lambda r: r.structure,
        str,
        80,
        numeric=False,
    ),
    Column(
        "hits",
        "Hits",
        "How many independent climbs ended in this place. Many hits mean that the place is easy to find,\n"
        "not that it is right.",
        lambda r: r.cluster.hits,
        lambda value: f"{value:,}",
        44,
        bar="column",
    ),
    Column(
        "confidence",
        "Confidence",
        "How far this placement stands out from the best wrong ones.\n"
        "Near 100 %: it stands alone. Near 0 %: other places are about as good.",
        lambda r: r.cluster.confidence,
        _percent,
        76,
        bar="share",
    ),
    Column(
        "correlation_about_mean",
        "Correlation\nabout mean",
        "Pearson correlation between the map and the density simulated from the structure (CC, CCC in papers).\n"
        "1 is a perfect match, 0 is chance. Clusters are ranked by it.",
        _score("correlation_about_mean"),
        _three,
        76,
        bar="share",
    ),
    Column(
        "correlation",
        "Correlation",
        "Cosine between map and simulated density, about zero. Higher is better, but it is also high\n"
        "where the map is merely dense.",
        _score("correlation"),
        _three,
        76,
        bar="share",
        shown=False,
    ),
    Column(
        "mean_overlap",
        "Mean\noverlap",
        "Mean product of map and simulated density at the atoms. Compare it within one map only.",
        _score("mean_overlap"),
        significant,
        68,
        bar="column",
        shown=False,
    ),
    Column(
        "mean_density",
        "Mean\ndensity",
        "Mean map value at the atoms, in map units.",
        _score("mean_density"),
        significant,
        68,
        bar="column",
        shown=False,
    ),
    Column(
        "fraction_inside",
        "Inside",
        "Share of the atoms above the contour level. A right placement has nearly all of them inside,\n"
        "if the level is right.",
        _score("fraction_inside"),
        _percent,
        56,
        bar="share",
    ),
    Column(
        "correlation_about_mean_at_atoms",
        "Correlation\nat atoms",
        "Pearson correlation at the positions of the atoms only, as DiffFit was published with. It says less than\n"
        "the correlation about mean, because it does not see density where the structure has none.",
        _score("correlation_about_mean_at_atoms"),
        _three,
        76,
        bar="share",
        shown=False,
    ),
)


def column_number(key: str) -> int:
    """Where the column with this key stands."""
    return next(number for number, column in enumerate(COLUMNS) if column.key == key)


def rows_of(session: Session) -> list[ClusterRow]:
    """A line for every cluster of every fit, in the order of the fits and of their ranks."""
    rows = []
    for fit in session.fits:
        structure = session.find_structure(fit.structure)
        if structure is None:
            continue
        name, colour = structure.name, structure.colour
        for index, cluster in enumerate(fit.result.clusters):
            rows.append(ClusterRow(ClusterId(fit.key, index), index + 1, name, colour, cluster))
    return rows


def row_of(session: Session, wanted: ClusterId | None) -> ClusterRow | None:
    """The line of one cluster; None when there is none."""
    cluster = session.find_cluster(wanted)
    fit = session.find_fit(wanted.fit) if wanted is not None else None
    structure = session.find_structure(fit.structure) if fit is not None else None
    if wanted is None or cluster is None or structure is None:
        return None
    return ClusterRow(wanted, wanted.index + 1, structure.name, structure.colour, cluster)


def as_tsv(rows: list[ClusterRow]) -> str:
    """The rows with full numbers, separated by tabs, under a line of column names."""
    lines = ["\t".join(column.key for column in COLUMNS)]
    lines += ["\t".join(str(column.value(row)) for column in COLUMNS) for row in rows]
    return "\n".join(lines) + "\n"
