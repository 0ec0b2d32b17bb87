"""MRC files made byte by byte, in whatever convention a test asks for; independent of the code under test."""

import struct

import numpy as np
from numpy import ndarray

SAMPLES = {0: "i1", 1: "i2", 2: "f4", 6: "u2", 12: "f2"}


def mrc_bytes(
    data_zyx: ndarray,
    *,
    axes: tuple[int, int, int] = (1, 2, 3),
    voxel_xyz: tuple[float, float, float] = (1.0, 1.0, 1.0),
    nstart_xyz: tuple[int, int, int] = (0, 0, 0),
    origin_xyz: tuple[float, float, float] = (0.0, 0.0, 0.0),
    intervals_xyz: tuple[int, int, int] | None = None,
    mode: int = 2,
    order: str = "<",
    extended: bytes = b"",
    words: dict[int, int | float] | None = None,
    **bytes_at: bytes,
) -> bytes:
    """A map of `data_zyx` whose columns, rows and sections run along `axes`.

    `words` overwrites header words by their number (from 1); `at_208=b"..."` overwrites bytes.
    """
    by_axis = {1: data_zyx.shape[2], 2: data_zyx.shape[1], 3: data_zyx.shape[0]}
    intervals = intervals_xyz or (by_axis[1], by_axis[2], by_axis[3])
    header = bytearray(1024)

    def put(word: int, *values: int | float) -> None:
        for offset, value in enumerate(values):
            kind = "i" if isinstance(value, int) else "f"
            struct.pack_into(order + kind, header, 4 * (word - 1 + offset), value)

    put(1, *(by_axis[axis] for axis in axes), mode, *(nstart_xyz[axis - 1] for axis in axes), *intervals)
    put(11, *(float(n * v) for n, v in zip(intervals, voxel_xyz, strict=True)), 90.0, 90.0, 90.0, *axes)
    put(20, float(data_zyx.min()), float(data_zyx.max()), float(data_zyx.mean()), 1, len(extended))
    put(50, *(float(v) for v in origin_xyz))
    header[208:216] = b"MAP " + (b"\x44\x44\x00\x00" if order == "<" else b"\x11\x11\x00\x00")
    for word, value in (words or {}).items():
        put(word, value)
    for name, content in bytes_at.items():
        start = int(name.removeprefix("at_"))
        header[start : start + len(content)] = content
    section_axes = [3 - axis for axis in reversed(axes)]  # array axis of x is 2, of z 0
    stored = np.ascontiguousarray(data_zyx.transpose(section_axes)).astype(order + SAMPLES.get(mode, "f4"))
    return bytes(header) + extended + stored.tobytes()


def ramp(shape_zyx: tuple[int, int, int] = (5, 6, 7)) -> ndarray:
    """Whole numbers 0, 1, 2, … that every data mode holds exactly and no two voxels of which are equal."""
    return np.arange(np.prod(shape_zyx), dtype=np.float32).reshape(shape_zyx) % 101 + 0.0
