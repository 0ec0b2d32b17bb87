"""Many maps, many structures, long tables: the window must go on answering."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
from PySide6.QtCore import Qt

from app.main_window import MainWindow
from difffit_core.data.volume import Volume
from difffit_core.document.commands import AddFit, AddMap, AddStructure, SetContourLevel
from difffit_core.document.session import FitItem
from difffit_core.files.map_files import write_volume
from difffit_core.files.samples import load_sample
from tests.document.items import make_fit, make_map, make_structure_item
from tests.gui.measuring import Figure, beats, blobs, timed, wait_for, window_of

MAPS, STRUCTURES, ROWS = 24, 100, 1_000_000
LONGEST_BLOCK = 250.0  # ms


def many_items(folder: Path) -> Iterator[Figure]:
    """Two dozen maps and a hundred structures, opened as files and then used."""
    maps, structures = _files(folder)
    before = psutil.Process().memory_info().rss
    with window_of(folder) as window:
        with beats() as turns:
            opened = timed(lambda: _open(window, [*maps, *structures]))
        yield Figure(f"{MAPS} maps and {STRUCTURES} structures from their files into the view", opened, "s", 60.0)
        yield Figure("longest block meanwhile", 1000 * float(np.diff(turns).max()), "ms", LONGEST_BLOCK)
        held = psutil.Process().memory_info().rss - before
        yield Figure("memory that they and the window take", held / 1e6, "MB", 2000.0)
        first = window.document.session.maps[0]
        with beats() as turns:
            for share in np.linspace(0.7, 1.3, 10):
                window.document.do(SetContourLevel(first.key, float(first.contour_level * share)))
                wait_for(lambda: not window.viewport._builder.busy)
            window.document.undo()
        yield Figure(
            "longest block while one level is changed", 1000 * float(np.diff(turns).max()), "ms", LONGEST_BLOCK
        )


def long_table(folder: Path) -> Iterator[Figure]:
    """A table of a million clusters."""
    with window_of(folder) as window:
        document, panel = window.document, window.clusters_panel
        document.do(AddMap(make_map("m")))
        document.do(AddStructure(make_structure_item("s")))
        fit = _with_clusters(make_fit("f", "m", "s"), ROWS)
        yield Figure(f"table of {ROWS:,} clusters filled", timed(lambda: document.do(AddFit(fit))), "s", 30.0)
        shown = [
            timed(lambda column=column, order=order: panel.table.sortByColumn(column, order))
            for column in (2, 3)
            for order in (Qt.SortOrder.DescendingOrder, Qt.SortOrder.AscendingOrder)
        ]
        yield Figure("sorted by a column", max(shown), "s", 2.0)
        yield Figure("filtered", timed(lambda: panel.bar.filter.setText("confidence > 0.9, hits > 50")), "s", 2.0)
        yield Figure("next row", timed(lambda: panel.step(1)), "s", 0.5)


def _files(folder: Path) -> tuple[list[Path], list[Path]]:
    maps = [folder / f"map {number}.mrc" for number in range(MAPS)]
    volume = blobs(64)
    for number, path in enumerate(maps):
        write_volume(path, Volume(volume.data, volume.voxel_size_xyz, np.array([70.0 * number, 0.0, 0.0])))
    content = load_sample().structures[0].path.read_bytes()
    structures = [folder / f"structure {number}.pdb" for number in range(STRUCTURES)]
    for path in structures:
        path.write_bytes(content)
    return maps, structures


def _open(window: MainWindow, paths: list[Path]) -> None:
    window.files.open_files(paths)
    session = window.document
    wait_for(lambda: len(session.session.maps) == MAPS and len(session.session.structures) == STRUCTURES)
    wait_for(lambda: not window.viewport._builder.busy and window.viewport._stage.drawn)


def _with_clusters(fit: FitItem, count: int) -> FitItem:
    """The same fit with so many clusters, of random hits and confidences."""
    random, known = np.random.default_rng(0), fit.result.clusters
    numbers = zip(random.integers(1, 100, count), random.random(count), strict=True)
    clusters = tuple(
        replace(known[number % len(known)], hits=int(hits), confidence=float(confidence))
        for number, (hits, confidence) in enumerate(numbers)
    )
    return replace(fit, result=replace(fit.result, clusters=clusters))
