"""Valid files of every kind, small: what damage begins with."""

import gzip
import io
import json
import tarfile
import zipfile
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from difffit_core.document.copies import CopyItem
from difffit_core.document.project_file import save_project
from difffit_core.document.session import MapItem, Session, StructureItem
from difffit_core.files.map_files import read_volume
from difffit_core.files.samples import load_sample
from difffit_core.files.structure_files import read_structure
from difffit_core.scan.finding import Attempt, Finding
from tests.document.copies_making import make_copy, make_removal
from tests.document.items import make_fit
from tests.files.map_making import mrc_bytes, ramp
from tests.files.pdb_making import AWKWARD_CIF, AWKWARD_PDB, many_atoms

PAE = [[0.5, 4.0, 20.0], [3.0, 0.5, 18.0], [25.0, 22.0, 0.5]]
SETTINGS = r"""[General]
theme=dark
recent_files=/a/map.mrc, /a/A.pdb
folder=/a
columns="hits,confidence"
rates="{\"fast/screen\": 0.25}"
tips=true
geometry=@ByteArray(\x1\xd9\xd0\xcb)
state=@ByteArray(\0\0\0\xff)
"""


def maps() -> tuple[bytes, ...]:
    """MRC in several modes and axis orders, gzip, and Situs text."""
    data = ramp((6, 7, 8))
    situs = "2.5 -10.0 20.5 3.25 8 7 6\n\n" + " ".join(f"{value:.3f}" for value in data.ravel()) + "\n"
    return (
        mrc_bytes(data, nstart_xyz=(-2, 5, 9), intervals_xyz=(20, 30, 40)),
        mrc_bytes(data, axes=(3, 1, 2), order=">", mode=1, origin_xyz=(3.0, -4.0, 5.0)),
        mrc_bytes(data, mode=0, extended=b"x" * 80),
        mrc_bytes(data, mode=12),
        gzip.compress(mrc_bytes(data, mode=6), 1),
        situs.encode(),
    )


def pdbs() -> tuple[bytes, ...]:
    """An awkward file, the head of a real one, and one without elements."""
    lines = load_sample().structures[0].path.read_bytes().splitlines(keepends=True)
    bare = "\n".join(line[:66] for line in AWKWARD_PDB.splitlines())
    return AWKWARD_PDB.encode(), b"".join(lines[:120]), bare.encode()


def cifs() -> tuple[bytes, ...]:
    """An awkward file and a plain one."""
    return AWKWARD_CIF.encode(), many_atoms(60).encode()


def paes() -> tuple[bytes, ...]:
    """Of AlphaFold DB (now and before 2022), ColabFold and AlphaFold 3."""
    pairs = {"residue1": [1, 1, 2, 2], "residue2": [1, 2, 1, 2], "distance": [0.5, 4.0, 3.0, 0.5]}
    forms = (
        [{"predicted_aligned_error": PAE, "max_predicted_aligned_error": 25.0}],
        [pairs],
        {"plddt": [90.0, 80.0, 70.0], "pae": PAE, "ptm": 0.8},
        {"pae": PAE, "token_chain_ids": ["A", "A", "B"], "token_res_ids": [1, 2, 1]},
    )
    return tuple(json.dumps(form).encode() for form in forms)


def projects() -> tuple[bytes, ...]:
    """A session with everything that a project can hold, and one of a map alone; both with their files in them."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        session = _session(folder)
        made = []
        for number, kept in enumerate((session, Session(maps=session.maps[:1]))):
            path = folder / f"{number}.difffit"
            save_project(path, kept, commands=('{"label": "x"}',), embed=True)
            made.append(path.read_bytes())
        return tuple(made)


def _session(folder: Path) -> Session:
    (folder / "map.mrc").write_bytes(mrc_bytes(ramp((4, 5, 6)), voxel_xyz=(1.5, 1.5, 1.5)))
    (folder / "A.pdb").write_text(AWKWARD_PDB)
    volume = read_volume(folder / "map.mrc")
    opened = MapItem("m", folder / "map.mrc", volume, 1.0, 2.0, 5.0)
    removals = make_removal(volume, "c"), make_removal(volume, "d", seed=1, mode="subtract")
    rest = replace(opened, key="rest", derived_from="m", title="rest", removals=removals)
    structure = StructureItem("s", read_structure(folder / "A.pdb"), (0.2, 0.4, 0.8))
    copies: tuple[CopyItem, ...] = (make_copy("c"), make_copy("d"))
    return Session((opened, rest), (structure,), (make_fit("f", "m", "s", clusters=2),), copies)


def settings() -> tuple[bytes, ...]:
    """A file of the user's settings as Qt writes it."""
    return SETTINGS.encode(), b"[General]\ntheme=light\n"


def scans() -> tuple[bytes, ...]:
    """`scan.json`, and findings with and without attempts."""
    scores = dict.fromkeys(("correlation_about_mean", "correlation", "mean_overlap", "mean_density"), 0.5)
    row = (1.0, 0.0, 0.0, 0.0)
    attempt = Attempt(1.5, 0.1, 40, 0.02, 3, 0.99, scores, (row, row, row), 0.5)
    found = Finding("a", "/a/a.pdb", "0" * 64, 300, {"fast": attempt, "balanced": attempt})
    scan = {"schema": "difffit/scan/1", "fingerprint": "0" * 32, "identity": {"map": "m.mrc", "region": []}}
    contents = (found.as_dict(), Finding("b", "/a/b.pdb", "", 0, {}, "b.pdb is empty.").as_dict(), scan)
    return tuple(json.dumps(content).encode() for content in contents)


def candidates() -> tuple[bytes, ...]:
    """A zip and a tar archive of structures."""
    entries = {"a.pdb": AWKWARD_PDB.encode(), "sub/b.cif": AWKWARD_CIF.encode(), "readme.txt": b"hello"}
    zipped, tarred = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive, tarfile.open(fileobj=tarred, mode="w") as tar:
        for name, content in entries.items():
            archive.writestr(name, content)
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return zipped.getvalue(), tarred.getvalue()
