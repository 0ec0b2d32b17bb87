"""Twenty thousand random events: nothing may be thrown, and nothing may stay behind."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from app.main_window import MainWindow
from difffit_core.files.map_files import write_volume
from difffit_core.files.samples import load_sample
from tests.gui.measuring import Figure, blobs, open_sample, wait_for, window_of
from tests.load.playing import empty, held_by, play, watched

EXTRA_THREADS = 2  # of pools that are made when they are first needed
EXTRA_DRAWN = 12  # programs and targets of styles that nobody had asked for before
MOST_SECONDS = 3600.0


def run_monkey(folder: Path, events: int, seed: int) -> Iterator[Figure]:
    """Play with a window of its own, and compare what it holds before and after."""
    os.chdir(folder)  # what is saved without saying where lands there
    with watched() as faults, window_of(folder) as window:
        warm_up(window)
        before = held_by(window)
        monkey = play(window, playthings(folder), events, seed, most_seconds=MOST_SECONDS)
        empty(window)
        warm_up(window)  # what was freed goes from the graphics card with the next frames
        after = held_by(window)
    for trace in faults.traces:
        sys.stderr.write(f"{trace}\n")
    yield Figure(f"events, seed {seed}", monkey.done.total(), "", events, at_least=True)
    yield Figure("exceptions that nobody caught", len(faults.traces), "", 0)
    yield Figure("threads more than before", len(after.threads) - len(before.threads), "", EXTRA_THREADS)
    yield Figure("objects on the graphics card more than before", after.drawn - before.drawn, "", EXTRA_DRAWN)


def warm_up(window: MainWindow) -> None:
    """Everything that is made once is made: the engine, its threads, the shaders."""
    open_sample(window)
    window.fit_panel.presets.choose("fast")
    window.start_fit()
    wait_for(lambda: not window.controller.busy)
    empty(window)


def playthings(folder: Path) -> list[Path]:
    """Maps, structures, a text, a picture, a folder, a file that has gone: what people drop."""
    sample = load_sample()
    small = folder / "small.mrc"
    write_volume(small, blobs(32))
    text, noise, nothing = folder / "notes.txt", folder / "noise.mrc", folder / "empty.pdb"
    text.write_text("These are notes, not atoms.\n")
    noise.write_bytes(np.random.default_rng(0).bytes(5000))
    nothing.write_text("")
    structures = [one.path for one in sample.structures]
    return [sample.map_path, small, small, *structures, text, noise, nothing, folder, folder / "gone.mrc"]
