"""Clusters and copies of a session as tables, for spreadsheets and scripts."""

import csv
import io
from dataclasses import fields
from pathlib import Path

import numpy as np

from difffit_core.data.results import Scores
from difffit_core.document.copies import CopyItem
from difffit_core.document.session import FitItem, Session
from difffit_core.errors import DiffFitError
from difffit_core.files.atomic_write import atomic_write

METRICS = tuple(field.name for field in fields(Scores))
MATRIX = tuple(f"{row}{column}" for row in ("x", "y", "z") for column in ("x", "y", "z", "_shift"))
Row = tuple[str, ...]


def cluster_rows(session: Session) -> list[Row]:
    """A heading, then the clusters of all fits, best first within each; matrices take file coordinates to the map."""
    head = ("fit", "map", "structure", "rank", "hits", "confidence", *METRICS, "seed", *MATRIX)
    return [head, *(row for number, fit in enumerate(session.fits, 1) for row in _clusters(session, number, fit))]


def copy_rows(session: Session) -> list[Row]:
    """A heading, then the accepted copies in the user's order; scores are empty after a copy was moved by hand."""
    head = ("copy", "map", "structure", "confidence", *METRICS, "visible", "note", *MATRIX)
    return [head, *(_copy(session, copy) for copy in session.copies)]


def write_table(path: Path, rows: list[Row]) -> None:
    """Write rows separated by commas, or by tabs when the file's name ends in `.tsv`."""
    if len(rows) < 2:
        raise DiffFitError("There is nothing to write into the table yet; fit a structure or accept a copy first.")
    text = io.StringIO()
    separator = "\t" if path.suffix.lower() == ".tsv" else ","
    csv.writer(text, delimiter=separator, lineterminator="\n").writerows(rows)
    with atomic_write(path) as stream:
        stream.write(text.getvalue().encode())


def _clusters(session: Session, number: int, fit: FitItem) -> list[Row]:
    target, structure = session.find_map(fit.map), session.find_structure(fit.structure)
    names = (target.name if target else "", structure.name if structure else "")
    return [
        (
            str(number),
            *names,
            str(rank + 1),
            str(cluster.hits),
            f"{cluster.confidence:.4f}",
            *(f"{value:.6g}" for value in cluster.scores.as_dict().values()),
            str(fit.settings.seed),
            *_matrix(fit.result.map_from_model(rank)),
        )
        for rank, cluster in enumerate(fit.result.clusters)
    ]


def _copy(session: Session, copy: CopyItem) -> Row:
    target, structure = session.find_map(copy.map), session.find_structure(copy.structure)
    scores = dict(copy.scores or ())
    return (
        copy.name,
        target.name if target else "",
        structure.name if structure else "",
        "" if copy.confidence is None else f"{copy.confidence:.4f}",
        *(f"{scores[name]:.6g}" if name in scores else "" for name in METRICS),
        "yes" if copy.visible else "no",
        copy.note,
        *_matrix(copy.matrix),
    )


def _matrix(map_from_model: np.ndarray) -> tuple[str, ...]:
    return tuple(f"{value:.9g}" for value in np.asarray(map_from_model).ravel())
