"""What the scene holds: maps, structures, copies and slices by key, and the clouds of a fit."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Float64
from numpy import ndarray

from app.scene.cluster_cloud import ClusterCloud
from app.scene.items import Item
from app.scene.legends import Legend, Scale
from app.scene.map_view import MapView
from app.scene.marks import Marks
from app.scene.palette import SCORE_STOPS, score_range
from app.scene.pose_cloud import PoseCloud
from app.scene.slice_view import SliceView
from app.scene.structure_view import CopyView, StructureView
from app.scene.trails import Trails

KeyedItem = MapView | StructureView | CopyView
MOST_LEGENDS = 3  # above one another


class Contents:
    """Finds items by key and keys by item."""

    def __init__(self) -> None:
        self.items: dict[str, KeyedItem] = {}
        self.slices: dict[str, SliceView] = {}  # by their map's key
        self.poses, self.clusters, self.trails = PoseCloud(), ClusterCloud(), Trails()
        self.marks = Marks()
        self.pose_legend: Legend | None = None
        self.cluster_legend: Legend | None = None

    def all_items(self) -> list[Item]:
        """Everything that can be drawn; a copy comes before its original, and hides it where both are in one place."""
        keyed = sorted(self.items.values(), key=lambda item: not isinstance(item, CopyView))
        return [*keyed, *self.slices.values(), self.poses, self.clusters, self.trails, self.marks]

    def map(self, key: str) -> MapView:
        """The map of that key."""
        view = self.items[key]
        assert isinstance(view, MapView)
        return view

    def structure(self, key: str) -> StructureView:
        """The structure of that key; the original when it is a copy's."""
        view = self.items[key]
        assert not isinstance(view, MapView)
        return view.original if isinstance(view, CopyView) else view

    def key_of(self, item: Item | None) -> str:
        """The item's key, of a slice its map's; "" when it has none."""
        everything = [*self.items.items(), *self.slices.items()]
        return next((key for key, known in everything if known is item), "")

    def copies_of(self, key: str) -> list[str]:
        """Keys of the copies of a structure."""
        original = self.items.get(key)
        return [name for name, view in self.items.items() if isinstance(view, CopyView) and view.original is original]

    def show_poses(self, position_xyz: Float64[ndarray, "pose 3"], scores: Float[ndarray, " pose"], title: str) -> None:
        """A ball for every pose, coloured by its score."""
        self.poses.show(position_xyz, scores, self.diagonal())
        self.pose_legend = Scale(title, SCORE_STOPS, *score_range(scores))

    def clear_poses(self) -> None:
        """No poses, and nothing that explains their colours."""
        self.poses.clear()
        self.pose_legend = None

    def show_clusters(
        self,
        ids: Sequence[int],
        position_xyz: Float64[ndarray, "cluster 3"],
        size: Float[ndarray, " cluster"],
        colour_rgb: Float[ndarray, "cluster 3"],
        legend: Legend | None,
    ) -> None:
        """A ball for every cluster."""
        self.clusters.show(ids, position_xyz, size, colour_rgb, self.diagonal())
        self.cluster_legend = legend

    def clear_clusters(self) -> None:
        """No clusters, and nothing that explains their colours."""
        self.clusters.clear()
        self.cluster_legend = None

    def legends(self) -> list[Legend]:
        """What the colours that are seen mean: first poses and clusters, then each kind of structure colouring once."""
        found = [legend for legend in (self.pose_legend, self.cluster_legend) if legend is not None]
        schemes = set()
        for view in self.items.values():
            if isinstance(view, StructureView) and view.visible and view.colouring.scheme not in schemes:
                schemes.add(view.colouring.scheme)
                legend = view.colouring.legend(view.structure)
                found += [legend] if legend is not None else []
        return found[:MOST_LEGENDS]

    def visible_box(self) -> Float64[ndarray, "2 3"] | None:
        """The box (Å) around everything that is visible."""
        boxes = [box for item in self.all_items() if item.visible and (box := item.bounds()) is not None]
        return np.stack([np.min(boxes, axis=0)[0], np.max(boxes, axis=0)[1]]) if boxes else None

    def diagonal(self) -> float:
        """Length (Å) by which balls are sized: of the largest map, or else of the largest structure."""
        maps = [item for item in self.items.values() if isinstance(item, MapView)]
        boxes = [box for item in (maps or self.items.values()) if (box := item.bounds()) is not None]
        return max((float(np.linalg.norm(box[1] - box[0])) for box in boxes), default=100.0)
