"""Connected pieces of a surface that grows slab by slab, so that small ones (dust) can be left out."""

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int, UInt32
from numpy import ndarray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components


class Islands:
    """Collects the pieces of each slab and joins those that meet at a slab's face.

    Working slab by slab keeps every single call short: the labelling holds Python's lock.
    """

    def __init__(self) -> None:
        self._labels: list[ndarray] = []
        self._bridges: list[ndarray] = []
        self._pieces = 0
        self._open: tuple[ndarray, ndarray] | None = None

    def add_slab(
        self, vertices_zyx: Float32[ndarray, "vertex 3"], corners: UInt32[ndarray, "triangle 3"], last_z: int
    ) -> None:
        """Label one slab; its vertices on plane `last_z` are where the next slab may continue."""
        labels = _piece_labels(len(vertices_zyx), corners) + self._pieces
        self._pieces = int(labels.max()) + 1
        self._labels.append(labels)
        if self._open is not None:
            self._bridge(vertices_zyx, labels)
        face = vertices_zyx[:, 0] >= last_z
        self._open = _edge_keys(vertices_zyx[face]), labels[face]

    def end_of_run(self) -> None:
        """The next slab does not touch the last one."""
        self._open = None

    def vertex_is_kept(self, xyz: Float64[ndarray, "vertex 3"], smallest_size: float) -> Bool[ndarray, " vertex"]:
        """Whether each vertex belongs to an island whose box is at least `smallest_size` (Å) long."""
        island = self._island_of_piece()[np.concatenate(self._labels)]
        order = np.argsort(island, kind="stable")
        starts = np.flatnonzero(np.diff(island[order], prepend=-1))
        low = np.minimum.reduceat(xyz[order], starts)
        high = np.maximum.reduceat(xyz[order], starts)
        return ((high - low).max(axis=1) >= smallest_size)[island]

    def _bridge(self, vertices_zyx: Float32[ndarray, "vertex 3"], labels: Int[ndarray, " vertex"]) -> None:
        assert self._open is not None
        keys, open_labels = self._open
        face = vertices_zyx[:, 0] <= vertices_zyx[:, 0].min()
        _, before, after = np.intersect1d(keys, _edge_keys(vertices_zyx[face]), return_indices=True)
        self._bridges.append(np.stack([open_labels[before], labels[face][after]]))

    def _island_of_piece(self) -> Int[ndarray, " piece"]:
        bridges = np.concatenate(self._bridges, axis=1) if self._bridges else np.empty((2, 0), dtype=np.int64)
        return _components(self._pieces, bridges[0], bridges[1])


def _piece_labels(n_vertices: int, corners: UInt32[ndarray, "triangle 3"]) -> Int[ndarray, " vertex"]:
    return _components(n_vertices, corners[:, [0, 1]].ravel(), corners[:, [1, 2]].ravel())


def _components(n: int, start: ndarray, end: ndarray) -> Int[ndarray, " n"]:
    graph = coo_matrix((np.ones(len(start), dtype=bool), (start, end)), shape=(n, n))
    return connected_components(graph, directed=False)[1]


def _edge_keys(vertices_zyx: Float32[ndarray, "vertex 3"]) -> Int[ndarray, " vertex"]:
    """One integer per place in the y-x plane, to a thousandth of a voxel."""
    y, x = np.rint(vertices_zyx[:, 1:].astype(np.float64) * 1024).astype(np.int64).T
    return y * 2**32 + x
