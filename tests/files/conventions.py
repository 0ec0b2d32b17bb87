"""Every habit in which programs write where density lies, as a file; and one structure that stands in that density."""

import bz2
import gzip
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float32, Float64
from numpy import ndarray

from tests.files.map_making import mrc_bytes

SHAPE_XYZ = (26, 22, 24)
VOXEL = (1.5, 1.25, 1.75)  # Å, x y z
WIDTH = 1.6  # Å, of one atom's Gaussian
ATOMS = np.array([[9.0, 6.5, 8.0], [12.1, 8.0, 9.9], [16.4, 9.1, 13.2], [17.0, 13.8, 17.3], [20.2, 14.9, 20.4]])
CORNER = (0.0, 0.0, 0.0)
OFF = (4, -3, 10)  # voxels: the first one's place in the cell
SHIFT = (6.0, -3.75, 17.5)  # Å, the same
HALF = (-13, -11, -12)
CENTRED = (-19.5, -13.75, -21.0)  # Å, the same
CELL = (60, 54, 48)
P212121 = b"".join(text.ljust(80).encode() for text in ("X,Y,Z", "1/2-X,-Y,1/2+Z", "-X,1/2+Y,1/2-Z", "1/2+X,1/2-Y,-Z"))
Triple = tuple[float, float, float]


@dataclass(frozen=True)
class Convention:
    """A habit, whose it is, the file, where (Å) its first voxel lies, and what the reader must remark about it."""

    habit: str
    programs: str
    write: Callable[[], bytes]
    first_voxel_xyz: Triple = CORNER
    remark: str = ""
    voxel_xyz: Triple = VOXEL
    name: str = "map.mrc"


def density(voxel_xyz: Triple = VOXEL) -> Float32[ndarray, "z y x"]:
    """The atoms' density, 0 to about 100, on the grid whose first voxel is at the corner."""
    axes = [np.arange(n) * size for n, size in zip(SHAPE_XYZ, voxel_xyz, strict=True)]
    data = np.zeros(SHAPE_XYZ[::-1])
    for atom in ATOMS:
        x, y, z = (np.exp(-((axis - place) ** 2) / (2 * WIDTH**2)) for axis, place in zip(axes, atom, strict=True))
        data += 60 * z[:, None, None] * y[None, :, None] * x[None, None, :]
    return data.astype(np.float32)


def placed_atoms(convention: Convention) -> Float64[ndarray, "atom 3"]:
    """Where the structure stands in the map of this convention (Å)."""
    return ATOMS + np.array(convention.first_voxel_xyz)


def file_of(convention: Convention, folder: Path) -> Path:
    """The convention's file."""
    path = folder / convention.name
    path.write_bytes(convention.write())
    return path


def mrc(**how: object) -> Callable[[], bytes]:
    """An MRC file of the density, written like this."""
    return lambda: mrc_bytes(density(), **{"voxel_xyz": VOXEL, **how})  # type: ignore[arg-type]


def situs() -> bytes:
    """Situs text: voxel size, place of the first voxel, numbers of voxels, densities."""
    numbers = " ".join(f"{value:.4f}" for value in density((1.5, 1.5, 1.5)).ravel())
    return f"1.5 6.0 -3.75 17.5 {SHAPE_XYZ[0]} {SHAPE_XYZ[1]} {SHAPE_XYZ[2]}\n\n{numbers}\n".encode()


def unsigned() -> bytes:
    """Bytes from 0 to 255 with IMOD's mark."""
    data = np.rint(density() * 2).astype(np.uint8).view(np.int8).astype(np.float32)
    return mrc_bytes(data, voxel_xyz=VOXEL, mode=0, words={39: 1146047817, 40: 0})


def _axes(order: tuple[int, int, int]) -> Convention:
    letters = " ".join("XYZ"[axis - 1] for axis in order)
    write = mrc(axes=order, nstart_xyz=OFF, intervals_xyz=CELL)
    return Convention(f"MAPC, MAPR, MAPS = {letters}; NSTART in that order", "CCP4, PHENIX", write, SHIFT)


def _mode(mode: int, what: str) -> Convention:
    return Convention(f"mode {mode}: {what}", "IMOD, EMDB, tomography" if mode != 2 else "all", mrc(mode=mode))


IDENTITY = {26: 1.0, 30: 1.0, 34: 1.0}
CONVENTIONS: dict[str, Convention] = {
    "corner": Convention("ORIGIN and NSTART zero: the first voxel is at 0", "RELION, cryoSPARC", mrc()),
    "origin": Convention("ORIGIN in Å (words 50–52), NSTART zero", "MRC2014, ChimeraX", mrc(origin_xyz=SHIFT), SHIFT),
    "nstart": Convention("NSTART in voxels, ORIGIN zero", "CCP4, EMDB", mrc(nstart_xyz=OFF), SHIFT),
    "both": Convention(
        "ORIGIN and NSTART that agree are one shift, not two", "ChimeraX, PHENIX",
        mrc(nstart_xyz=OFF, origin_xyz=SHIFT), SHIFT,
    ),
    "disagree": Convention(
        "ORIGIN and NSTART that disagree: ORIGIN is used, and it is said", "edited headers",
        mrc(nstart_xyz=(1, 1, 1), origin_xyz=SHIFT), SHIFT, "two positions",
    ),
    "centred": Convention(
        "NSTART = −N/2: the box is centred on 0", "EMDB, EMAN2", mrc(nstart_xyz=HALF), CENTRED
    ),
    "origin centred": Convention(
        "ORIGIN = −N/2 · voxel size", "EMAN2", mrc(origin_xyz=CENTRED),
        CENTRED,
    ),
    "part of a cell": Convention(
        "box smaller than its cell (MX > NX), NSTART in the cell's grid", "PHENIX map_box, CCP4 mapmask",
        mrc(nstart_xyz=(20, 11, 7), intervals_xyz=CELL), (30.0, 13.75, 12.25),
    ),
    "symmetric crystal": Convention(
        "part of an orthogonal cell with symmetry operators: the part is used as it is, symmetry is not applied",
        "CCP4, PHENIX (2Fo−Fc)",
        mrc(axes=(2, 1, 3), nstart_xyz=OFF, intervals_xyz=CELL, extended=P212121, words={23: 19}), SHIFT,
    ),
    "space group 0": Convention("ISPG 0 with MZ = NZ is a volume", "older programs", mrc(words={23: 0})),
    "skew": Convention(
        "CCP4's skew translation (words 25–37) shifts the map", "CCP4",
        mrc(words={25: 1, **IDENTITY, 35: 2.5, 36: -1.5, 37: 4.0}), (2.5, -1.5, 4.0), "skew",
    ),
    "old header": Convention("no `MAP ` and no machine stamp", "before 2000", mrc(at_208=bytes(8))),
    "old words": Convention(
        "words 50–52 with other uses: NSTART is used", "before 2000", mrc(nstart_xyz=OFF, words={50: 1e30}),
        SHIFT, "ORIGIN",
    ),
    "no angles": Convention(
        "cell angles 0 are right angles", "converters", mrc(words={14: 0.0, 15: 0.0, 16: 0.0}),
        remark="right angles",
    ),
    "no axes": Convention("MAPC, MAPR, MAPS = 0 are X Y Z", "old converters", mrc(words={17: 0, 18: 0, 19: 0}),
                          remark="axes"),
    "no grid": Convention("MX, MY, MZ = 0: the cell is the box", "old converters", mrc(words={8: 0, 9: 0, 10: 0}),
                          remark="cell grid"),
    "no cell": Convention(
        "cell 0: 1 Å per voxel", "simulations",
        lambda: mrc_bytes(density((1.0, 1.0, 1.0)), words={11: 0.0, 12: 0.0, 13: 0.0}),
        CORNER, "1 Å", (1.0, 1.0, 1.0),
    ),
    "extended header": Convention(
        "an extended header of any kind is skipped", "FEI, SerialEM", mrc(extended=b"FEI1" * 256)
    ),
    **{f"axes {''.join(map(str, order))}": _axes(order)
       for order in ((1, 2, 3), (1, 3, 2), (2, 1, 3), (2, 3, 1), (3, 1, 2), (3, 2, 1))},
    **{f"mode {mode}": _mode(mode, what) for mode, what in (
        (0, "signed bytes"), (1, "16-bit integers"), (2, "32-bit floats"), (6, "unsigned 16-bit integers"),
        (12, "16-bit floats"))},
    "unsigned bytes": Convention("mode 0 with IMOD's mark: bytes 0 to 255", "IMOD", unsigned, remark="unsigned"),
    "big-endian": Convention("big-endian, stamp 11 11", "SGI, old workstations", mrc(order=">")),
    "wrong stamp": Convention(
        "big-endian with the stamp of little-endian: the numbers decide", "converters",
        mrc(order=">", at_212=b"\x44\x44\x00\x00"),
    ),
    "gzip": Convention("gzip, whatever the name says", "EMDB", lambda: gzip.compress(mrc()())),
    "bzip2": Convention("bzip2, whatever the name says", "archives", lambda: bz2.compress(mrc()())),
    "situs": Convention(
        "Situs text: position of the first voxel, x fastest", "Situs", situs, SHIFT, "", (1.5, 1.5, 1.5), "map.situs"
    ),
}  # fmt: skip
REFUSED = {
    "monoclinic": ("cell angles other than 90°", "crystals (P2₁, P3, …)"),
    "rotated": ("CCP4's skew transformation with a rotation", "CCP4"),
    "complex": ("modes 3 and 4: Fourier transforms", "FFT output"),
    "unknown mode": ("other modes (101: 4 bits)", "tomography"),
    "image stack": ("stacks of images (ISPG 0 and MZ 1, `.mrcs`)", "particle stacks, movies"),
    "volume stack": ("stacks of volumes (ISPG 401–630)", "MRC2014"),
    "BRIX": ("BRIX", "O"),
    "DSN6": ("DSN6", "O, PDB maps"),
    "same axis twice": ("axes that are not X, Y, Z in some order", "damaged headers"),
    "absurd cell": ("voxels below 0.01 Å or above 1000 Å, NaN", "damaged headers"),
}
