"""Situs maps, and what is mistaken for a map: told apart by how the file begins."""

import re
import warnings
from io import BufferedIOBase
from pathlib import Path

import numpy as np
from jaxtyping import Float32
from numpy import ndarray

from difffit_core.errors import MapFileError
from difffit_core.files.limits import memory_of_this_computer, read_at_most
from difffit_core.files.map_header import MapHeader

_NUMBER = rb"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?"
_MOST_LETTERS = 64  # of one density, with what is between it and the next
_SITUS = re.compile(rb"\s*" + rb"\s+".join([rb"(" + _NUMBER + rb")"] * 4 + [rb"(\d{1,6})"] * 3) + rb"\s")
_BEGINNINGS = {
    b"version https://git-lfs": "is a Git LFS pointer, not the map itself; fetch it with `git lfs pull`",
    b":-)": "is a BRIX map, which DiffFit does not read; save it as MRC or CCP4",
    b"\x89HDF": "is an HDF5 file, which DiffFit does not read; save the map as MRC",
    b"II*\x00": "is a TIFF image; DiffFit needs a 3-D map in MRC or CCP4 format",
    b"MM\x00*": "is a TIFF image; DiffFit needs a 3-D map in MRC or CCP4 format",
    b"\x89PNG": "is a PNG image; DiffFit needs a 3-D map in MRC or CCP4 format",
    b"%PDF": "is a PDF document; DiffFit needs a 3-D map in MRC or CCP4 format",
}


def refuse_other_kinds(path: Path, block: bytes) -> None:
    """Raise a sentence when a file that begins like this is empty or clearly something else than an MRC map."""
    if not block:
        raise MapFileError(f"{path.name} is empty; download or copy it again.")
    for beginning, sentence in _BEGINNINGS.items():
        if block.startswith(beginning):
            raise MapFileError(f"{path.name} {sentence}.")
    if any(int.from_bytes(block[36:38], order) == 100 for order in ("big", "little")) and _looks_like_dsn6(block):
        raise MapFileError(f"{path.name} is a DSN6 map, which DiffFit does not read; save it as MRC or CCP4.")
    if _is_text(block):
        kind = "a web page, perhaps a server's error message" if block.lstrip()[:1] == b"<" else "a text file"
        raise MapFileError(f"{path.name} is {kind}, not a density map; download the map again.")


def _looks_like_dsn6(block: bytes) -> bool:
    """Whether the first 512 bytes read as DSN6: 16-bit words, a scale of 100 in word 19, the rest empty."""
    return len(block) >= 512 and not any(block[48:512])


def _is_text(block: bytes) -> bool:
    printable = sum(byte >= 32 or byte in b"\t\n\r\f" for byte in block)
    return b"\0" not in block and printable > 0.98 * len(block)


def read_situs(path: Path, block: bytes, stream: BufferedIOBase) -> tuple[MapHeader, Float32[ndarray, "z y x"]] | None:
    """Header and voxels of a Situs text map that begins with this block; None when it is none.

    Situs (Wriggers 2012, Acta Cryst. D68, 344): voxel size, position of the first voxel (Å), voxels along x, y, z,
    then the densities with x fastest.
    """
    begins = _SITUS.match(block)
    if begins is None or not _is_text(block):
        return None
    size, *origin = (float(number) for number in begins.groups()[:4])
    x, y, z = (int(number) for number in begins.groups()[4:])
    if size <= 0 or min(x, y, z) < 2:
        raise MapFileError(f"{path.name} is a Situs map without a usable size in its first line; save it again.")
    header = _situs_header(path, size, (origin[0], origin[1], origin[2]), (x, y, z))
    rest = read_at_most(stream, min(_MOST_LETTERS * x * y * z, memory_of_this_computer() // 4) + len(block))
    if rest is None:
        raise MapFileError(f"{path.name} holds far more than the {x * y * z:,} densities that its first line promises.")
    densities = _parse_numbers(path, block[begins.end() :] + rest)
    if densities.size != x * y * z:
        raise MapFileError(
            f"{path.name} is incomplete: its first line promises {x * y * z:,} densities, but there are "
            f"{densities.size:,}; copy it again."
        )
    return header, densities.reshape(z, y, x)


def _parse_numbers(path: Path, text: bytes) -> Float32[ndarray, " number"]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", DeprecationWarning)  # how numpy says that it met something else
            return np.fromstring(text.decode("ascii"), dtype=np.float32, sep=" ")
    except (DeprecationWarning, ValueError) as cause:
        raise MapFileError(f"{path.name} holds text among its densities; copy the Situs map again.") from cause


def _situs_header(
    path: Path, size: float, origin_xyz: tuple[float, float, float], shape_xyz: tuple[int, int, int]
) -> MapHeader:
    x, y, z = (size * n for n in shape_xyz)
    return MapHeader(
        path=path,
        mode=2,
        byte_order="<",
        shape_in_file=shape_xyz,
        axis_order=(1, 2, 3),
        nstart_in_file=(0, 0, 0),
        intervals_xyz=shape_xyz,
        cell_xyz=(x, y, z),
        angles=(90.0, 90.0, 90.0),
        origin_words_xyz=origin_xyz,
        space_group=1,
        extended_bytes=0,
        labels=("Situs map",),
    )
