"""What colours mean: a scale between two values, or a few named classes."""

from dataclasses import dataclass

from jaxtyping import Float64
from numpy import ndarray

from app.theme import Colour


@dataclass(frozen=True, eq=False)
class Scale:
    """Colours that go evenly from `low` to `high`."""

    title: str
    stops: Float64[ndarray, "stop 3"]
    low: float
    high: float


@dataclass(frozen=True)
class Bins:
    """Colours with a label each."""

    title: str
    classes: tuple[tuple[str, Colour], ...]


Legend = Scale | Bins
