"""The frozen program is made, started and used as somebody without Python would."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from difffit_bootstrap import packages
from difffit_bootstrap.display import virtual_display

from app.documentation import documentation_page

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]
SAMPLE = packages.ROOT / "resources" / "samples" / "haemoglobin"
MOST_MEGABYTES = 950


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The frozen program, made afresh in a folder of its own."""
    folder = tmp_path_factory.mktemp("frozen")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packages, "DIST", folder / "dist")
        patch.setattr(packages, "BUILD", folder / "build")
        packages.freeze(Path(sys.executable))
        yield folder / "dist" / "difffit" / ("difffit.exe" if os.name == "nt" else "difffit")


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """A user who has never started DiffFit, has no Python, and no checkout."""
    return {"HOME": str(tmp_path / "home"), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TMPDIR": str(tmp_path)}


def test_it_is_no_larger_than_it_was(program: Path) -> None:
    assert packages.megabytes(program.parent) < MOST_MEGABYTES


def test_it_brings_the_documentation(program: Path) -> None:
    page = documentation_page(program.parent / "_internal")
    assert page is not None
    assert (page.parent / "pictures" / "fitted.png").is_file()


def test_it_fits_the_sample_with_compiled_kernels_in_the_users_folder(
    program: Path, environ: dict[str, str], tmp_path: Path
) -> None:
    files = [SAMPLE / "emd_3488.map.gz", SAMPLE / "A.pdb"]
    command = [program, "fit", *files, "--resolution", "3.2", "-o", tmp_path / "out"]
    subprocess.run(command, env=environ, cwd=tmp_path, check=True, capture_output=True)
    clusters = json.loads((tmp_path / "out" / "fits.json").read_text(encoding="utf-8"))["clusters"]
    assert [cluster["confidence"] > 0.95 for cluster in clusters[:2]] == [True, True]
    truth = json.loads((SAMPLE / "sample.json").read_text(encoding="utf-8"))["structures"][0]["truth"]
    found = np.array(clusters[0]["map_from_model"])
    assert min(np.abs(found - np.array(place)).max() for place in truth) < 1.0
    assert list((tmp_path / "home").rglob("*.nbi"))


def test_torch_works_in_it(program: Path, environ: dict[str, str], tmp_path: Path) -> None:
    said = subprocess.run([program, "doctor", "--json"], env=environ, cwd=tmp_path, check=True, capture_output=True)
    facts = json.loads(said.stdout)
    assert facts["nanoseconds_per_point"]["torch cpu"]["gradient"] > 0
    assert facts["packages"]["torch"] is not None


@pytest.mark.skipif(shutil.which("Xvfb") is None, reason="needs Xvfb")
def test_its_window_fits_the_sample(program: Path, environ: dict[str, str], tmp_path: Path) -> None:
    with virtual_display(environ) as on_display:
        command = [program, "open", "--demo", tmp_path / "demo", "--quit"]
        subprocess.run(command, env=on_display, cwd=tmp_path, check=True, timeout=300)
    assert json.loads((tmp_path / "demo" / "fits.json").read_text(encoding="utf-8"))["clusters"]
    assert (tmp_path / "demo" / "screenshot.png").stat().st_size > 50_000
