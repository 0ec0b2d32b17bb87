"""Pictures of placed structures in their density, drawn without a display: a shaded surface over a trace.

The view is along the direction in which the structure is thinnest. The surface at the contour level is found ray by
ray, as far as the structure reaches, lit by its own gradient, and laid half-transparent over the trace.
"""

import base64
import struct
import zlib
from collections.abc import Mapping
from colorsys import hls_to_rgb
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int64, UInt8
from numpy import ndarray
from scipy.ndimage import gaussian_filter, map_coordinates, zoom
from scipy.spatial import KDTree

from difffit_core.data.structure import Structure
from difffit_core.data.volume import Volume
from difffit_core.errors import DiffFitError
from difffit_core.files.map_files import read_volume
from difffit_core.files.structure_files import read_structure

SHOWN = 6  # of the best candidates
WIDTH, HEIGHT = 320, 240  # pixels
MARGIN = 7.0  # Å of density around the structure
LONGEST_BOND = {"CA": 4.6, "P": 8.0}  # Å between neighbours of a trace: farther ones are not bonded
SURFACE_RGB, OPACITY = np.array([148.0, 163.0, 180.0]), 0.5
LIGHT = np.array([-0.45, -0.6, -0.66])  # from upper left, behind the viewer; x right, y down, z away from the viewer
AMBIENT, FAINTEST = 0.45, 0.55  # light in the shade; share of the contrast that the farthest parts keep
CELL, SECTION = 2, 2  # pixels of a cell, cells from one section to the next: so finely is the density sampled
SMOOTHING = 0.7  # cells, of the surface's normals and edges
SHARPNESS = 3.0  # of the edges
TRACE_WIDTH, LAST_HUE = 1.5, 0.64  # Å; blue
ZONE, FADE = 3.5, 2.5  # Å from the atoms up to which density is shown, and over which it fades


@dataclass(frozen=True)
class View:
    """An orthographic view in which a structure fills the picture: x right, y down, z away from the viewer."""

    axes: Float64[ndarray, "3 3"]  # rows: those three directions in the map's frame
    centre: Float64[ndarray, "3"]  # Å, in the map's frame: the middle of the picture
    pixel: float  # Å
    depth: float  # Å, from the middle to the front and to the back

    def seen(self, xyz: Float64[ndarray, "point 3"]) -> Float64[ndarray, "point 3"]:
        """Pixel columns and rows of points, and how far behind the middle they are (Å)."""
        turned = (xyz - self.centre) @ self.axes.T
        turned[:, :2] = turned[:, :2] / self.pixel + np.array([WIDTH, HEIGHT]) / 2
        return turned


def pictures_of(content: Mapping[str, Any]) -> list[tuple[Mapping[str, Any], str]]:
    """The best candidates (as `ranking.json` has them), each with its picture; without those whose files have gone."""
    best = content["candidates"][:SHOWN]
    try:
        volume = read_volume(Path(content["map"]["path"])) if best else None
    except DiffFitError:
        return []
    made = []
    for row in best:
        try:
            structure = read_structure(Path(row["path"]))
        except DiffFitError:
            continue
        if volume is not None:
            level = content["settings"]["level"]
            made.append((row, picture(volume, level, structure, np.array(row["map_from_model"], np.float64))))
    return made


def picture(volume: Volume, level: float, structure: Structure, map_from_model: Float64[ndarray, "3 4"]) -> str:
    """A structure where it was placed, in the density above the contour level, as SVG."""
    atoms = structure.xyz @ map_from_model[:, :3].T + map_from_model[:, 3]
    view = view_of(atoms)
    surface = base64.b64encode(png_of(surface_of(around(atoms, volume), level, view))).decode()
    size = f'width="{WIDTH}" height="{HEIGHT}"'
    return (
        f'<svg class="placed" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">{_trace(structure, atoms, view)}'
        f'<image {size} href="data:image/png;base64,{surface}"/></svg>'
    )


def view_of(atoms: Float64[ndarray, "atom 3"]) -> View:
    """Along the direction in which the atoms are thinnest, the longest one across the picture."""
    centre = (atoms.max(axis=0) + atoms.min(axis=0)) / 2
    _, directions = np.linalg.eigh(np.cov(atoms.T))
    axes = np.stack([directions[:, 2], directions[:, 1], np.cross(directions[:, 2], directions[:, 1])])
    turned = (atoms - centre) @ axes.T
    middle = (turned.max(axis=0) + turned.min(axis=0)) / 2
    reach = (turned.max(axis=0) - turned.min(axis=0)) / 2 + MARGIN
    pixel = max(2 * reach[0] / WIDTH, 2 * reach[1] / HEIGHT)
    return View(axes, centre + middle @ axes, float(pixel), float(reach[2]))


def around(atoms: Float64[ndarray, "atom 3"], volume: Volume) -> Volume:
    """The part of a map about the atoms, faded out beyond it: what lies in front of them would hide them."""
    reach = (ZONE + FADE) / volume.voxel_size_xyz
    index = (atoms - volume.origin_xyz) / volume.voxel_size_xyz
    shape_xyz = np.array(volume.data.shape[::-1])
    low = np.clip(np.floor(index.min(axis=0) - reach), 0, shape_xyz - 1).astype(int)
    high = np.clip(np.ceil(index.max(axis=0) + reach) + 1, low + 1, shape_xyz).astype(int)
    part = volume.data[low[2] : high[2], low[1] : high[1], low[0] : high[0]].copy()
    origin, tree = volume.origin_xyz + low * volume.voxel_size_xyz, KDTree(atoms)
    y, x = np.indices(part.shape[1:])
    for z, section in enumerate(part):
        points = np.stack([x, y, np.full_like(x, z)], axis=-1) * volume.voxel_size_xyz + origin
        distance, _ = tree.query(points, distance_upper_bound=ZONE + FADE)
        section *= np.clip((ZONE + FADE - distance) / FADE, 0, 1)
    return Volume(part, volume.voxel_size_xyz, origin)


def surface_of(volume: Volume, level: float, view: View) -> UInt8[ndarray, "row column 4"]:
    """Red, green, blue and opacity of the density's surface at the level."""
    density = _density_in(view, volume)
    depth = (density > level).argmax(axis=0)
    hit = density.max(axis=0) > level
    shade = zoom(_shading(gaussian_filter(density, SMOOTHING), depth), CELL, order=1)
    nearness = 1 - (1 - FAINTEST) * zoom(depth / max(len(density) - 1, 1), CELL, order=1)
    edge = zoom(gaussian_filter(hit.astype(np.float32), SMOOTHING), CELL, order=1)
    rgba = np.empty((HEIGHT, WIDTH, 4), np.float32)
    rgba[..., :3] = SURFACE_RGB * (AMBIENT + (1 - AMBIENT) * shade)[..., None]
    rgba[..., :3] = 255 - (255 - rgba[..., :3]) * nearness[..., None]
    rgba[..., 3] = 255 * OPACITY * np.clip((edge - 0.5) * SHARPNESS + 0.5, 0, 1)
    return np.rint(np.clip(rgba, 0, 255)).astype(np.uint8)


def _density_in(view: View, volume: Volume) -> Float32[ndarray, "z y x"]:
    """The map on cells of the view: the first section is nearest to the viewer; 0 outside of the map."""
    cell = CELL * view.pixel
    y = (np.arange(HEIGHT // CELL) + 0.5 - HEIGHT / CELL / 2) * cell
    x = (np.arange(WIDTH // CELL) + 0.5 - WIDTH / CELL / 2) * cell
    plane = np.stack(np.meshgrid(y, x, indexing="ij"), axis=-1)
    depths = np.arange(-view.depth, view.depth + cell, SECTION * cell)
    sections = np.empty((len(depths), *plane.shape[:2]), np.float32)
    for section, depth in zip(sections, depths, strict=True):
        points = view.centre + plane[..., 1:] * view.axes[0] + plane[..., :1] * view.axes[1] + depth * view.axes[2]
        index = (points - volume.origin_xyz) / volume.voxel_size_xyz
        map_coordinates(volume.data, np.moveaxis(index[..., ::-1], -1, 0), order=1, output=section)
    return sections


def _shading(density: Float32[ndarray, "z y x"], depth: Int64[ndarray, "y x"]) -> Float64[ndarray, "y x"]:
    """How much light falls onto the surface, 0 to 1: density falls outwards, so its gradient points inwards."""
    inwards = np.stack([_slope(density, depth, axis) / size for axis, size in ((2, 1), (1, 1), (0, SECTION))], axis=-1)
    length = np.maximum(np.linalg.norm(inwards, axis=-1), 1e-12)
    return np.clip(-(inwards / length[..., None]) @ (LIGHT / np.linalg.norm(LIGHT)), 0, 1)


def _slope(density: Float32[ndarray, "z y x"], depth: Int64[ndarray, "y x"], axis: int) -> Float64[ndarray, "y x"]:
    """Difference between the neighbours along an axis, of the cells at these depths."""
    here = [depth, *np.indices(depth.shape)]
    last = density.shape[axis] - 1
    after, before = (
        density[tuple(np.clip(k + step, 0, last) if n == axis else k for n, k in enumerate(here))] for step in (1, -1)
    )
    return (after - before).astype(np.float64)


def _trace(structure: Structure, atoms: Float64[ndarray, "atom 3"], view: View) -> str:
    """The chain as a smooth line along its Cα or P atoms, blue at its beginning and red at its end, farthest first."""
    chosen, longest = _trace_atoms(structure)
    seen, chain = view.seen(atoms[chosen]), structure.chain[chosen]
    bonded = np.linalg.norm(np.diff(atoms[chosen], axis=0), axis=1) < longest
    bonded &= chain[1:] == chain[:-1]
    middle = (seen[1:, :2] + seen[:-1, :2]) / 2
    begin, end = seen[:, :2].copy(), seen[:, :2].copy()
    begin[1:][bonded], end[:-1][bonded] = middle[bonded], middle[bonded]
    width = TRACE_WIDTH / view.pixel
    order = np.argsort(-seen[:, 2], kind="stable")
    lines = [_stretch(begin[k], seen[k], end[k], k / max(len(seen) - 1, 1), width) for k in order.tolist()]
    return f'<g stroke-linecap="round" fill="none">{"".join(lines)}</g>'


def _trace_atoms(structure: Structure) -> tuple[Int64[ndarray, " atom"], float]:
    """The atoms that the line goes through, and how far apart bonded ones may be (Å)."""
    found: list[tuple[Int64[ndarray, " atom"], float]] = [
        (np.flatnonzero(_named(structure, name)), longest) for name, longest in LONGEST_BOND.items()
    ]
    return max(found, key=lambda entry: len(entry[0]))


def _named(structure: Structure, name: str) -> Bool[ndarray, " atom"]:
    return np.asarray((structure.atom_name == name) & (structure.element != 20))  # CA is calcium, too


def _stretch(
    begin: Float64[ndarray, "2"], over: Float64[ndarray, "3"], end: Float64[ndarray, "2"], share: float, width: float
) -> str:
    """What belongs to one atom: a parabola from halfway to the atom before to halfway to the next."""
    points = f"M{begin[0]:.1f} {begin[1]:.1f}Q{over[0]:.1f} {over[1]:.1f} {end[0]:.1f} {end[1]:.1f}"
    red, green, blue = (round(255 * part) for part in hls_to_rgb(LAST_HUE * (1 - share), 0.44, 0.8))
    return (
        f'<path d="{points}" stroke="#fff" stroke-opacity=".7" stroke-width="{1.6 * width:.1f}" stroke-linecap="butt"/>'
        f'<path d="{points}" stroke="#{red:02x}{green:02x}{blue:02x}" stroke-width="{width:.1f}"/>'
    )


def png_of(rgba: UInt8[ndarray, "row column 4"]) -> bytes:
    """The pixels as a PNG file (ISO 15948): eight bits per channel, no filter."""
    height, width, _ = rgba.shape
    rows = np.concatenate([np.zeros((height, 1), np.uint8), rgba.reshape(height, -1)], axis=1)
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows.tobytes(), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
