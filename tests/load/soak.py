"""Hundreds of fits in one process: neither memory nor time may grow."""

import gc
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import psutil
from scipy.spatial.transform import Rotation

from difffit_core.events import run
from difffit_core.files.map_files import read_volume
from difffit_core.files.samples import load_sample
from difffit_core.files.structure_files import read_structure
from difffit_core.fit.fit_structure import fit_structure
from difffit_core.settings import FitSettings
from tests.gui.measuring import Figure

TENTH = 10  # the first tenth warms up; the second and the last one are compared
MOST_SLOWER = 20.0  # %: other programs on the machine show in it


@dataclass(frozen=True)
class Soak:
    """Of every fit: megabytes held after it, CPU seconds, whether the first placement was right."""

    megabytes: list[float]
    seconds: list[float]
    right: int

    def growth(self, of: list[float]) -> float:
        """The median of the last tenth over that of the second one, less 1."""
        count = max(len(of) // TENTH, 1)
        return float(np.median(of[-count:]) / np.median(of[count : 2 * count]) - 1)


def run_soak(fits: int) -> Iterator[Figure]:
    """Fit, and compare the end with the beginning."""
    found = soak(fits)
    yield Figure("fits with the right place first", found.right, "", fits, at_least=True)
    yield Figure("growth of memory", 100 * found.growth(found.megabytes), "%", 5.0)
    yield Figure("growth of CPU time for a fit", 100 * found.growth(found.seconds), "%", MOST_SLOWER)
    yield Figure("most memory", max(found.megabytes), "MB", 500.0)


def soak(fits: int) -> Soak:
    """Fit the sample's chain so often, every time from another orientation and with another seed."""
    sample = load_sample()
    volume, structure = read_volume(sample.map_path), read_structure(sample.structures[0].path)
    settings = FitSettings(resolution=sample.resolution, level=sample.contour_level)
    expected, process = None, psutil.Process()
    megabytes: list[float] = []
    seconds: list[float] = []
    right = 0
    for number in range(fits):
        turn = Rotation.random(rng=np.random.default_rng(number)).as_matrix()
        turned = replace(structure, xyz=structure.xyz @ turn.T)
        begun = time.process_time()
        result = run(fit_structure(turned, volume, replace(settings, seed=number)))
        seconds.append(time.process_time() - begun)
        matrices = [result.map_from_model(k) for k in range(2)]
        placed = np.stack([turned.xyz @ m[:, :3].T + m[:, 3] for m in matrices])
        expected = placed if expected is None else expected
        right += bool(np.sqrt(((placed[:1] - expected) ** 2).sum(2).mean(1)).min() < 0.5)
        del result
        gc.collect()
        megabytes.append(process.memory_info().rss / 1e6)
    return Soak(megabytes, seconds, right)
