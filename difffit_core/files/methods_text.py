"""A paragraph for a methods section that says what was done, and the works that it rests on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version

from difffit_core.data.results import FitResult
from difffit_core.settings import FitSettings

WORKS = {
    "difffit": "D. Luo et al. DiffFit: Visually-Guided Differentiable Fitting of Molecule Structures to a Cryo-EM Map. "
    "IEEE Trans. Vis. Comput. Graph. (2025). doi:10.1109/TVCG.2024.3456404",
    "rotations": "M. Alexa. Super-Fibonacci Spirals: Fast, Low-Discrepancy Sampling of SO(3). "
    "Proc. IEEE/CVF CVPR (2022).",
    "local": "A. M. Roseman. Docking structures of domains into maps from cryo-electron microscopy using local "
    "correlation. Acta Cryst. D56, 1332–1340 (2000).",
    "quasi_newton": "J. Nocedal, S. J. Wright. Numerical Optimization, 2nd ed. Springer (2006).",
    "tail": "J. Pickands III. Statistical Inference Using Extreme Order Statistics. Ann. Statist. 3, 119–131 (1975).",
    "fisher": "R. A. Fisher. On the “Probable Error” of a Coefficient of Correlation Deduced from a Small Sample. "
    "Metron 1, 3–32 (1921).",
    "powerfit": "G. C. P. van Zundert, A. M. J. J. Bonvin. Fast and sensitive rigid-body fitting into cryo-EM density "
    "maps with PowerFit. AIMS Biophysics 2, 73–87 (2015).",
    "gemmi": "M. Wojdyr. GEMMI: A library for structural biology. J. Open Source Softw. 7, 4200 (2022).",
}


@dataclass(frozen=True)
class Methods:
    """The paragraph with numbers in brackets, and the works in the order of these numbers."""

    text: str
    works: tuple[str, ...]


class _Citations:
    """Numbers works as they come."""

    def __init__(self) -> None:
        self.keys: list[str] = []

    def __call__(self, *keys: str) -> str:
        self.keys += [key for key in keys if key not in self.keys]
        return "[" + ", ".join(str(self.keys.index(key) + 1) for key in keys) + "]"

    @property
    def works(self) -> tuple[str, ...]:
        return tuple(WORKS[key] for key in self.keys)


def methods_of(fits: Sequence[tuple[FitSettings, FitResult]], *, accepted: int = 0, removed: int = 0) -> Methods:
    """What was done in these fits; `accepted` copies, of which `removed` had their density taken out of a map."""
    cite = _Citations()
    sentences = [_opening(fits, cite), *_searches(fits, cite), *_judgement(fits, cite)]
    if accepted:
        sentences.append(f"{accepted} placement{'s were' if accepted > 1 else ' was'} accepted on inspection.")
    if removed:
        copies = "an accepted copy explains" if removed == 1 else f"{removed} accepted copies explain"
        sentences.append(f"The density that {copies} was taken out of the map.")
    sentences.append(f"Structures were read and written with gemmi {cite('gemmi')}.")
    return Methods(" ".join(sentences), cite.works)


def _opening(fits: Sequence[tuple[FitSettings, FitResult]], cite: _Citations) -> str:
    program = f"DiffFit {version('difffit')} {cite('difffit')}"
    if not fits:
        return f"Maps and structures were inspected with {program}."
    resolutions = _listed(f"{result.resolution:.3g} Å" for _, result in fits)
    levels = _listed(f"{result.contour_level:.4g}" for _, result in fits)
    return (
        f"Structures were placed into the map as rigid bodies with {program}, at a resolution of {resolutions} and a "
        f"contour level of {levels} (map units)."
    )


def _searches(fits: Sequence[tuple[FitSettings, FitResult]], cite: _Citations) -> list[str]:
    paper = [settings for settings, _ in fits if settings.preset == "paper"]
    other = [(settings, result) for settings, result in fits if settings.preset != "paper"]
    sentences = []
    if any(not _is_near(result) for _, result in other):
        sentences.append(
            f"Evenly spread rotations {cite('rotations')} were screened over all translations by a local correlation "
            f"{cite('local')}."
        )
    if limits := list(dict.fromkeys(result.limits for _, result in other if result.limits)):
        sentences.append(f"{_times(sum(bool(r.limits) for _, r in other))} confined to poses {_listed(limits)}.")
    if other:
        settings = [settings for settings, _ in other]
        sentences.append(
            f"The best poses climbed by a batched quasi-Newton ascent {cite('quasi_newton')} of the "
            f"{_objectives(settings)}, from coarse copies of the map to the map itself ({_runs(settings)})."
        )
    if stopped := sum(not result.seconds for _, result in fits):
        sentences.append(f"{_times(stopped)} stopped before the end.")
    if paper:
        steps = _listed(str(settings.paper_iterations) for settings in paper)
        sentences.append(
            f"{'For comparison, the' if other else 'The'} published objective was followed from even starts for "
            f"{steps} steps ({_runs(paper)})."
        )
    return sentences


def _judgement(fits: Sequence[tuple[FitSettings, FitResult]], cite: _Citations) -> list[str]:
    if not fits:
        return []
    shifts = _listed(f"{settings.cluster_shift:g} Å" for settings, _ in fits)
    angles = _listed(f"{settings.cluster_angle:g}°" for settings, _ in fits)
    return [
        f"Placements within {shifts} and {angles} of each other were gathered in clusters.",
        "Confidences compare the Fisher-transformed correlation "
        f"{cite('fisher')} of a placement with the exponential tail of those of the wrong placements of the search "
        f"{cite('tail')} and with its variance given the number of independent density values {cite('powerfit')}.",
    ]


def _is_near(result: FitResult) -> bool:
    return result.limits.startswith("within")


def _times(count: int) -> str:
    return "One search was" if count == 1 else f"{count} searches were"


def _objectives(settings: Sequence[FitSettings]) -> str:
    names = {
        "correlation": "correlation about the mean of map and simulated map",
        "density": "mean density at the atoms",
    }
    return _listed(names[one.objective] for one in settings)


def _runs(settings: Sequence[FitSettings]) -> str:
    presets, seeds = _listed(one.preset for one in settings), _listed(str(one.seed) for one in settings)
    return f"preset {presets}, seed {seeds}"


def _listed(parts: Iterable[str]) -> str:
    """Each once, e.g. `3 Å, 4 Å and 5 Å`."""
    once = list(dict.fromkeys(parts))
    return once[0] if len(once) == 1 else f"{', '.join(once[:-1])} and {once[-1]}"
