"""The map that is fitted into, in segments: computed in a thread of its own, with what the view needs to draw them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from difffit_core.data.volume import Volume
from difffit_core.document.session import MapItem
from difffit_core.events import Job

if TYPE_CHECKING:
    from difffit_core.data.segments import Segmentation


@dataclass(frozen=True, eq=False)
class SegmentedMap:
    """A map as it was when it was segmented."""

    map: str  # key
    volume: Volume
    segmentation: "Segmentation"
    pieces: tuple[Volume, ...]  # the density of each segment in its own box

    @property
    def level(self) -> float:
        """The contour level of the segments (map units)."""
        return self.segmentation.level

    def is_of(self, item: MapItem | None) -> bool:
        """Whether the map is still the one that was segmented, at the same contour level."""
        return item is not None and item.volume is self.volume and item.contour_level == self.level


def segment(item: MapItem, count: int | None) -> Job[SegmentedMap]:
    """The map's density above its contour level in at most so many segments; call it in the worker."""
    from difffit_core.data.segments import piece_of, segmenting

    volume = item.volume
    found = yield from segmenting(volume, item.contour_level, count=count)
    pieces = tuple(piece_of(volume, found, segment.label) for segment in found.segments)
    return SegmentedMap(item.key, volume, found, pieces)
