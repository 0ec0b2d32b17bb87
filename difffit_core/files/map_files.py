"""Reading and writing density maps (MRC, CCP4, Situs)."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from io import BufferedIOBase
from pathlib import Path

import numpy as np
from jaxtyping import Float32, Shaped, UInt8
from mrcfile.dtypes import HEADER_DTYPE
from mrcfile.utils import machine_stamp_from_byte_order
from numpy import ndarray

from difffit_core.data.volume import Volume
from difffit_core.errors import MapFileError
from difffit_core.files.atomic_write import atomic_write
from difffit_core.files.compression import compressing, open_plain
from difffit_core.files.foreign_files import foreign_volume
from difffit_core.files.limits import memory_of_this_computer
from difffit_core.files.map_header import HEADER_BYTES, MapHeader, decode_header
from difffit_core.files.other_maps import read_situs, refuse_other_kinds

_CHUNK = 1 << 24
_PIECE = 1 << 20  # of what a header only promises
_BLOCK = 1 << 13  # values


@dataclass(frozen=True)
class MapStatistics:
    """Of the voxels as they are, never of what the header says."""

    minimum: float
    maximum: float
    mean: float
    standard_deviation: float
    skewness: float  # positive where a particle stands out from noise, negative when contrast is inverted


@dataclass(frozen=True)
class MapFile:
    """A map, its header, its statistics and what had to be assumed or is doubtful about it (sentences)."""

    volume: Volume
    header: MapHeader
    statistics: MapStatistics
    warnings: tuple[str, ...]


def read_volume(path: Path | str, *, origin_xyz: Iterable[float] | None = None) -> Volume:
    """The map in a file; `origin_xyz` (Å) replaces the origin that the file gives."""
    return read_map(path, origin_xyz=origin_xyz).volume


def read_map(path: Path | str, *, origin_xyz: Iterable[float] | None = None) -> MapFile:
    """The map in a file with its header and warnings; `origin_xyz` (Å) replaces the origin that the file gives."""
    path = Path(path)
    foreign = foreign_volume(path)
    if foreign is not None:
        return _of_foreign(path, foreign, origin_xyz)
    with open_plain(path, MapFileError) as (stream, size):
        block = stream.read(HEADER_BYTES)
        situs = read_situs(path, block, stream)
        if situs is not None:
            header, data = situs
        else:
            refuse_other_kinds(path, block)
            header = decode_header(path, block)
            data = _read_data(header, stream, size)
        statistics = _statistics(path, data)
    origin = header.origin_xyz if origin_xyz is None else np.array([*origin_xyz], dtype=np.float64)
    if origin.shape != (3,) or not np.isfinite(origin).all():
        raise MapFileError(f"The origin given for {path.name} is not three numbers x y z in Å.")
    warnings = [*header.notes, *_doubts(header, statistics, chosen_origin=origin_xyz is not None)]
    return MapFile(Volume(data, header.voxel_size_xyz, origin), header, statistics, tuple(warnings))


def _of_foreign(path: Path, volume: Volume, origin_xyz: Iterable[float] | None) -> MapFile:
    """What a reader of another package gave, with the header that it would have as an MRC map."""
    statistics = _statistics(path, volume.data)
    origin = volume.origin_xyz if origin_xyz is None else np.array([*origin_xyz], dtype=np.float64)
    moved = Volume(volume.data, volume.voxel_size_xyz, origin)
    header = decode_header(path, _encode_header(moved, statistics, ()).tobytes())
    return MapFile(moved, header, statistics, ())


def write_volume(path: Path | str, volume: Volume, *, like: MapHeader | None = None) -> None:
    """Write an MRC2014 map (32-bit floats, axes x y z); `.gz` or `.bz2` at the end of the name compresses it.

    The position goes into both fields that programs look at: ORIGIN exactly, and nstart as the nearest whole voxel.
    `like` hands on the labels of the map that this one was made from, and its cell when the voxels are as large.
    """
    path = Path(path)
    data = np.ascontiguousarray(volume.data, dtype="<f4")
    header = _encode_header(volume, _statistics(path, data, allow_constant=True), like.labels if like else ())
    if like is not None and np.allclose(like.voxel_size_xyz, volume.voxel_size_xyz, rtol=1e-6):
        _keep_cell(header, like)
    with atomic_write(path, MapFileError) as stream, compressing(path, stream) as packed:
        packed.write(header.tobytes())
        packed.write(data.data.cast("B"))


def _read_data(header: MapHeader, stream: BufferedIOBase, size: int | None) -> Float32[ndarray, "z y x"]:
    """The voxels after the header at which the stream stands, as [z, y, x] in 32-bit floats."""
    needed = HEADER_BYTES + header.extended_bytes + header.data_bytes
    if size is not None and size < needed:  # before anything is allocated: the header may claim petabytes
        raise _too_short(header, size)
    _require_memory(header)
    _skip(header, stream)
    raw = _read_block(header, stream, known_to_be_there=size is not None)
    stored = raw.view(header.sample_dtype).reshape(header.shape_in_file[::-1])
    return _as_zyx_floats(stored, header.axis_order)


def _require_memory(header: MapHeader) -> None:
    """A sentence when the map cannot be held in memory, or when its header only says so."""
    voxels = math.prod(header.shape_in_file)
    needed = voxels * 4 + (0 if header.mode == 2 else header.data_bytes)
    if needed > memory_of_this_computer():
        raise MapFileError(
            f"{header.path.name} is too large or incomplete: {_by(header.shape_in_file)} voxels take "
            f"{needed / 1e9:,.0f} GB of memory, and this computer has {memory_of_this_computer() / 1e9:,.0f} GB; "
            "bin or crop the map first."
        )


def _by(shape: tuple[int, int, int]) -> str:
    return " × ".join(map(str, shape))


def _too_short(header: MapHeader, size: int) -> MapFileError:
    needed = HEADER_BYTES + header.extended_bytes + header.data_bytes
    return MapFileError(
        f"{header.path.name} is incomplete: {_by(header.shape_in_file)} voxels need {needed:,} bytes, "
        f"but there are {size:,}; download or copy it again."
    )


def _skip(header: MapHeader, stream: BufferedIOBase) -> None:
    left = header.extended_bytes
    while left:
        skipped = len(stream.read(min(left, _PIECE)))
        if not skipped:
            raise _too_short(header, HEADER_BYTES + header.extended_bytes - left)
        left -= skipped


def _read_block(header: MapHeader, stream: BufferedIOBase, *, known_to_be_there: bool) -> UInt8[ndarray, " byte"]:
    """Exactly the voxel data; memory grows only with what arrives unless the file is known to be long enough."""
    block = np.empty(header.data_bytes, dtype=np.uint8) if known_to_be_there else bytearray()
    filled = 0
    while filled < header.data_bytes:
        step = min(_CHUNK if known_to_be_there else _PIECE, header.data_bytes - filled)
        if isinstance(block, bytearray):
            block.extend(bytes(filled + step - len(block)))
        with memoryview(block) if isinstance(block, bytearray) else block.data as view:
            got = stream.readinto(view[filled : filled + step])
        if not got:
            raise _too_short(header, HEADER_BYTES + header.extended_bytes + filled)
        filled += got
    return np.frombuffer(block, dtype=np.uint8)


def _as_zyx_floats(stored: Shaped[ndarray, "s r c"], axis_order: tuple[int, int, int]) -> Float32[ndarray, "z y x"]:
    """The voxels as C-contiguous 32-bit floats [z, y, x]; no copy when they are that already."""
    file_axis_of = {axis: 2 - position for position, axis in enumerate(axis_order)}  # sections are array axis 0
    permuted = stored.transpose(file_axis_of[3], file_axis_of[2], file_axis_of[1])
    return np.ascontiguousarray(permuted, dtype=np.float32)


def _statistics(path: Path, data: Float32[ndarray, "z y x"], *, allow_constant: bool = False) -> MapStatistics:
    """Minimum, maximum, mean and standard deviation; a sentence when the density cannot be used."""
    low, high = float(data.min()), float(data.max())  # NaN and Inf survive in them
    if not (np.isfinite(low) and np.isfinite(high)):
        bad = data.size - int(np.isfinite(data).sum())
        raise MapFileError(
            f"{path.name} holds {bad:,} voxels that are not finite numbers (NaN or infinite); repair the map first."
        )
    if low == high and not allow_constant:
        raise MapFileError(f"{path.name} has the same density, {low:g}, everywhere; there is nothing to fit into.")
    mean, squares, cubes = _central_moments(data.reshape(-1))
    spread = float(np.sqrt(squares))
    skewness = cubes / spread**3 if spread > 0 else 0.0
    return MapStatistics(low, high, mean, spread, skewness)


def _central_moments(values: Float32[ndarray, " value"]) -> tuple[float, float, float]:
    """Mean, and mean square and cube of the deviation from it; in blocks that stay in the processor's cache."""
    pivot = float(values[:_BLOCK].mean(dtype=np.float64))  # near the mean: the sums about it lose nothing
    sums = np.zeros(3)
    for first in range(0, len(values), _BLOCK):
        deviation = values[first : first + _BLOCK].astype(np.float64)
        deviation -= pivot
        squared = deviation * deviation
        sums += deviation.sum(), squared.sum(), np.dot(deviation, squared)
    shift, square, cube = (sums / len(values)).tolist()
    return pivot + shift, max(square - shift**2, 0.0), cube - 3 * shift * square + 2 * shift**3


def _doubts(header: MapHeader, statistics: MapStatistics, *, chosen_origin: bool) -> list[str]:
    """What is odd about a map that can be read."""
    doubts = []
    if -statistics.minimum > statistics.maximum and statistics.skewness < -1:
        doubts.append(
            "The map's strongest density is negative; if its contrast is inverted, multiply it by −1 before fitting."
        )
    words, from_nstart = np.array(header.origin_words_xyz), header.nstart_xyz * header.voxel_size_xyz
    disagree = np.abs(words - from_nstart) > 0.75 * header.voxel_size_xyz
    if not chosen_origin and words.any() and header.nstart_xyz.any() and disagree.any():
        doubts.append(
            f"The header gives two positions: ORIGIN {_triple(words)} Å, which is used, "
            f"and NSTART, which would be {_triple(from_nstart)} Å."
        )
    return doubts


def _triple(values: Iterable[float]) -> str:
    return "(" + ", ".join(f"{value:.6g}" for value in values) + ")"


def _keep_cell(header: ndarray, like: MapHeader) -> None:
    """The unit cell of another map: that of a map which is only a part of its cell is larger than the box."""
    for axis, name in enumerate("xyz"):
        header[f"m{name}"] = like.intervals_xyz[axis]
        header["cella"][name] = like.cell_xyz[axis]


def _encode_header(volume: Volume, statistics: MapStatistics, labels: tuple[str, ...]) -> ndarray:
    """An MRC2014 header for a volume, one record."""
    header = np.zeros((), HEADER_DTYPE.newbyteorder("<"))
    shape = volume.shape_xyz
    nstart = np.rint(volume.origin_xyz / volume.voxel_size_xyz).astype(np.int32)
    for axis, name in enumerate("xyz"):
        header[f"n{name}"] = header[f"m{name}"] = shape[axis]
        header[f"n{name}start"] = nstart[axis]
        header["cella"][name] = shape[axis] * volume.voxel_size_xyz[axis]
        header["origin"][name] = volume.origin_xyz[axis]
    header["cellb"] = (90.0, 90.0, 90.0)
    header["mode"], header["ispg"], header["nversion"] = 2, 1, 20141
    header["mapc"], header["mapr"], header["maps"] = 1, 2, 3
    header["map"], header["machst"] = b"MAP ", machine_stamp_from_byte_order("<")
    header["dmin"], header["dmax"] = statistics.minimum, statistics.maximum
    header["dmean"], header["rms"] = statistics.mean, statistics.standard_deviation
    kept = [*labels[:9], "Written by DiffFit"]
    header["nlabl"] = len(kept)
    header["label"][: len(kept)] = [label.encode("latin-1", "replace")[:80] for label in kept]
    return header
