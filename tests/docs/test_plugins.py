"""The worked example of docs/plugins.md, installed beside DiffFit and used."""

import json
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from difffit_core import FitSettings, fit_structure, load_sample, ranked_by, read_structure, read_volume, run
from difffit_core import plugins as seam
from difffit_core.cli.main import main
from difffit_core.files.kinds import UnknownFileError, is_map
from difffit_core.plugins import SCORES, PluginError, load_plugin
from tests.docs.pages import DOCS, blocks

PAGE = DOCS / "plugins.md"


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The example as pip would install it, on the path of this process; returns the folder."""
    folder = tmp_path / "site"
    facts = folder / "own_formats-1.0.dist-info"
    facts.mkdir(parents=True)
    [module], [project] = blocks(PAGE, "python"), blocks(PAGE, "toml")
    (folder / "own_formats.py").write_text(module, encoding="utf-8")
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: own-formats\nVersion: 1.0\n")
    groups = tomllib.loads(project)["project"]["entry-points"]
    lines = [
        f"[{group}]\n" + "".join(f"{name} = {home}\n" for name, home in of.items()) for group, of in groups.items()
    ]
    (facts / "entry_points.txt").write_text("\n".join(lines))
    monkeypatch.syspath_prepend(str(folder))
    seam.plugins.cache_clear()
    yield folder
    seam.plugins.cache_clear()
    sys.modules.pop("own_formats", None)


def write_npz(path: Path) -> None:
    """The sample's map in the example's format."""
    volume = read_volume(load_sample().map_path)
    np.savez(path, density=volume.data, voxel_size=volume.voxel_size_xyz, origin=volume.origin_xyz)


def test_a_map_of_a_foreign_format_is_the_same_map(installed: Path, tmp_path: Path) -> None:
    path = tmp_path / "map.npz"
    write_npz(path)
    assert is_map(path)
    expected, volume = read_volume(load_sample().map_path), read_volume(path)
    np.testing.assert_array_equal(volume.data, expected.data)
    np.testing.assert_allclose(volume.origin_xyz, expected.origin_xyz)
    np.testing.assert_allclose(read_volume(path, origin_xyz=(1, 2, 3)).origin_xyz, (1, 2, 3))


def test_a_structure_of_a_foreign_format_has_its_atoms(installed: Path, tmp_path: Path) -> None:
    path = tmp_path / "ligand.xyz"
    path.write_text("2\ncarbon monoxide\nC 1.0 2.0 3.0\nO 1.0 2.0 4.128\n")
    assert not is_map(path)
    structure = read_structure(path)
    assert structure.element.tolist() == [6, 8]
    np.testing.assert_allclose(structure.xyz, [[1, 2, 3], [1, 2, 4.128]])


def test_without_the_package_the_suffix_is_unknown(tmp_path: Path) -> None:
    path = tmp_path / "map.npz"
    path.write_bytes(b"\0" * 300)
    with pytest.raises(UnknownFileError, match="neither a map"):
        is_map(path)


def test_a_score_prefers_the_right_placements(installed: Path) -> None:
    sample = load_sample()
    volume, structure = read_volume(sample.map_path), read_structure(sample.structures[0].path)
    result = run(fit_structure(structure, volume, FitSettings(resolution=3.2, preset="fast")))
    reordered = ranked_by("strong_atoms", result, structure, volume)
    assert {id(cluster) for cluster in reordered.clusters[:2]} == {id(cluster) for cluster in result.clusters[:2]}
    assert len(reordered.clusters) == len(result.clusters)
    np.testing.assert_allclose(
        reordered.map_from_model(0), result.map_from_model(result.clusters.index(reordered.clusters[0]))
    )


def test_the_command_line_lists_the_score(installed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_npz(tmp_path / "map.npz")
    structure = load_sample().structures[0].path
    assert main(["score", str(tmp_path / "map.npz"), str(structure), "--json", "--quiet"]) == 0
    assert 0.0 <= json.loads(capsys.readouterr().out)["scores"]["strong_atoms"] <= 1.0


def test_faults_of_a_plugin_name_its_package(installed: Path, tmp_path: Path) -> None:
    path = tmp_path / "empty.npz"
    np.savez(path, other=np.zeros(3))
    with pytest.raises(Exception, match="has no array `density`"):
        read_volume(path)
    (tmp_path / "broken.npz").write_bytes(b"no archive")
    with pytest.raises(PluginError, match="npz of the package own-formats failed"):
        read_volume(tmp_path / "broken.npz")
    with pytest.raises(PluginError, match="there is strong_atoms"):
        load_plugin(SCORES, "unheard_of")
