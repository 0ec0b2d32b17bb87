"""Colours that carry meaning: one per chain, one per element, a scale for scores."""

import numpy as np
from jaxtyping import Float, Float64, Shaped, UInt8
from numpy import ndarray

from app.theme import Colour

# Neighbouring entries differ in lightness as well as in hue, so they stay apart for colour-blind eyes
# (after Okabe & Ito 2008 and Tol 2021, softened for large lit surfaces).
CHAIN_COLOURS = np.array(
    [
        (0.33, 0.58, 0.88), (0.95, 0.64, 0.26), (0.35, 0.72, 0.58), (0.86, 0.45, 0.47),
        (0.62, 0.53, 0.83), (0.88, 0.80, 0.38), (0.40, 0.77, 0.87), (0.83, 0.55, 0.74),
        (0.60, 0.70, 0.33), (0.72, 0.55, 0.42), (0.45, 0.50, 0.70), (0.97, 0.76, 0.65),
    ]
)  # fmt: skip

# Jmol's colours of the elements one meets in structures, slightly muted; carbon takes the chain's colour.
ELEMENT_COLOURS = {
    7: (0.24, 0.38, 0.90), 8: (0.88, 0.20, 0.18), 9: (0.45, 0.80, 0.40), 11: (0.62, 0.40, 0.90),
    12: (0.35, 0.75, 0.25), 15: (0.98, 0.55, 0.10), 16: (0.90, 0.78, 0.20), 17: (0.30, 0.80, 0.30),
    19: (0.55, 0.30, 0.80), 20: (0.40, 0.80, 0.30), 25: (0.60, 0.45, 0.75), 26: (0.85, 0.42, 0.18),
    27: (0.90, 0.55, 0.62), 28: (0.35, 0.78, 0.40), 29: (0.78, 0.50, 0.25), 30: (0.48, 0.50, 0.68),
    34: (0.95, 0.63, 0.10), 35: (0.62, 0.20, 0.18), 53: (0.55, 0.15, 0.55),
}  # fmt: skip
OTHER_ELEMENT = (0.65, 0.60, 0.65)
UNKNOWN = (0.62, 0.63, 0.65)  # where there is no value

# AlphaFold DB's classes of pLDDT: from which value, label, colour
PLDDT_CLASSES: tuple[tuple[float, str, Colour], ...] = (
    (90.0, "> 90", (0.00, 0.33, 0.84)), (70.0, "70–90", (0.40, 0.80, 0.95)),
    (50.0, "50–70", (1.00, 0.86, 0.07)), (-np.inf, "< 50", (1.00, 0.49, 0.27)),
)  # fmt: skip
B_FACTOR_STOPS = np.array(
    [(0.20, 0.35, 0.80), (0.55, 0.68, 0.93), (0.93, 0.92, 0.90), (0.94, 0.60, 0.48), (0.78, 0.16, 0.17)]
)
FIT_STOPS = np.array(
    [(0.78, 0.13, 0.20), (0.95, 0.55, 0.30), (0.97, 0.88, 0.55), (0.45, 0.72, 0.80), (0.16, 0.38, 0.75)]
)

# Blue over violet to yellow: lightness grows with the score, and both ends show on light and on dark ground.
SCORE_STOPS = np.array(
    [(0.24, 0.33, 0.80), (0.50, 0.28, 0.78), (0.79, 0.28, 0.58), (0.95, 0.47, 0.32), (0.98, 0.78, 0.26)]
)


def chain_colours(chain: Shaped[ndarray, " atom"]) -> Float64[ndarray, "atom 3"]:
    """A colour per atom, one for each chain in the order in which chains appear."""
    names, first, inverse = np.unique(chain, return_index=True, return_inverse=True)
    order = np.empty(len(names), dtype=np.int64)
    order[np.argsort(first)] = np.arange(len(names))
    return CHAIN_COLOURS[order[inverse] % len(CHAIN_COLOURS)]


def element_colours(
    element: UInt8[ndarray, " atom"], carbon: Float64[ndarray, "atom 3"]
) -> tuple[Float64[ndarray, "atom 3"], Shaped[ndarray, " atom"]]:
    """Colours by element, and which atoms (carbon, unknown) have taken `carbon` instead."""
    table = np.full((256, 3), OTHER_ELEMENT)
    for number, colour in ELEMENT_COLOURS.items():
        table[number] = colour
    follows = (element == 6) | (element == 0)
    return np.where(follows[:, None], carbon, table[element]), follows


def score_colours(scores: Float[ndarray, " pose"]) -> Float64[ndarray, "pose 3"]:
    """Colours from the lowest score (blue) to the highest (yellow)."""
    return scale_colours(scores, SCORE_STOPS, *score_range(scores))


def scale_colours(
    values: Float[ndarray, " n"], stops: Float64[ndarray, "stop 3"], low: float, high: float
) -> Float64[ndarray, "n 3"]:
    """Colours between the stops for values from `low` to `high`; grey where there is no value."""
    place = (values - low) / max(high - low, 1e-12)
    at = np.linspace(0, 1, len(stops))
    colours = np.stack([np.interp(place, at, stops[:, c]) for c in range(3)], axis=1)
    return np.where(np.isfinite(values)[:, None], colours, UNKNOWN)


def score_range(scores: Float[ndarray, " pose"]) -> tuple[float, float]:
    """Lowest and highest finite score."""
    finite = scores[np.isfinite(scores)]
    if len(finite) == 0:
        return 0.0, 1.0
    return float(finite.min()), float(finite.max())


def bytes_rgba(rgb: Float64[ndarray, "n 3"], *, tintable: bool | Shaped[ndarray, " n"]) -> UInt8[ndarray, "n 4"]:
    """8-bit colours whose alpha says whether they follow the item's own colour."""
    rgba = np.empty((len(rgb), 4), dtype=np.uint8)
    rgba[:, :3] = np.clip(np.rint(rgb * 255), 0, 255)
    rgba[:, 3] = np.where(tintable, 255, 0)
    return rgba
