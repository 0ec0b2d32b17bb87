"""Scripts for other programs: what they load, and that every path survives."""

import re
import sys
import types
from pathlib import Path

import pytest

from difffit_core.errors import DiffFitError
from difffit_core.files.handing_on import (
    ShownCopy,
    ShownMap,
    chimerax_commands,
    write_chimerax_script,
    write_coot_script,
)

FOLDER = Path('/data/Größe & Maß\'s "best" map\\s')
MAPS = [ShownMap(FOLDER / "emd 3488.mrc", 0.06748, (0.5, 0.5, 1.0), opacity=0.4)]
COPIES = [
    ShownCopy(FOLDER / "01_A.cif", "α chain 1", (1.0, 0.0, 0.0)),
    ShownCopy(FOLDER / "02_A.cif", 'the "other" one', (0.0, 1.0, 0.0), visible=False),
]


class CootCalls(types.ModuleType):
    """Stands in for Coot's module: remembers every call, and gives molecule numbers."""

    def __init__(self) -> None:
        super().__init__("coot")
        self.calls: list[tuple] = []
        names = (
            "handle_read_ccp4_map", "read_pdb", "set_contour_level_absolute", "set_map_colour", "set_molecule_name",
            "set_molecule_bonds_colour_map_rotation", "set_mol_displayed", "set_map_displayed",
        )  # fmt: skip
        for name in names:
            setattr(self, name, lambda *given, name=name: self._call(name, given))

    def _call(self, name: str, given: tuple) -> int:
        self.calls.append((name, *given))
        return sum(call[0] in ("handle_read_ccp4_map", "read_pdb") for call in self.calls) - 1


@pytest.mark.skipif(sys.platform == "win32", reason="paths of another system")
def test_coot_loads_maps_and_copies_with_levels_and_colours(tmp_path, monkeypatch):
    write_coot_script(tmp_path / "show.py", MAPS, COPIES)
    coot = CootCalls()
    monkeypatch.setitem(sys.modules, "coot", coot)
    exec(compile((tmp_path / "show.py").read_text("utf-8"), "show.py", "exec"), {})
    assert ("handle_read_ccp4_map", str(MAPS[0].path), 0) in coot.calls
    assert ("set_contour_level_absolute", 0, 0.06748) in coot.calls
    assert ("set_map_colour", 0, 0.5, 0.5, 1.0) in coot.calls
    assert [call[1] for call in coot.calls if call[0] == "read_pdb"] == [str(copy.path) for copy in COPIES]
    assert ("set_molecule_name", 2, 'the "other" one') in coot.calls
    assert ("set_molecule_bonds_colour_map_rotation", 1, 300) in coot.calls  # from yellow to red
    assert ("set_mol_displayed", 2, 0) in coot.calls


@pytest.mark.skipif(sys.platform == "win32", reason="paths of another system")
def test_chimerax_opens_every_file_under_its_number(tmp_path):
    write_chimerax_script(tmp_path / "show.cxc", MAPS, COPIES)
    lines = (tmp_path / "show.cxc").read_text("utf-8").splitlines()
    assert lines == list(chimerax_commands(MAPS, COPIES))
    opened = [match for line in lines if (match := re.fullmatch(r'open "((?:[^"\\]|\\.)*)" id (\d+)', line))]
    paths = [re.sub(r"\\(.)", r"\1", match[1]) for match in opened]
    assert paths == [str(shown.path) for shown in (*MAPS, *COPIES)]
    assert [match[2] for match in opened] == ["1", "2", "3"]
    assert "volume #1 style surface level 0.06748 step 1" in lines
    assert "color #1 #8080ff" in lines
    assert "transparency #1 60 target s" in lines
    assert "color #2 #ff0000" in lines
    assert "hide #3 models" in lines
    assert "hide #2 models" not in lines


def test_a_running_chimerax_keeps_its_own_models():
    commands = chimerax_commands(MAPS, COPIES, first_model=7)
    assert any(line.endswith("id 9") for line in commands)
    assert not any(" #1 " in line for line in commands)


def test_hidden_maps_and_meshes():
    shown = ShownMap(Path("m.mrc"), 1e-7, visible=False, mesh=True)
    lines = chimerax_commands([shown], [])
    assert "volume #1 style mesh level 1e-07 step 1" in lines
    assert "hide #1 models" in lines


def test_a_path_that_chimerax_takes_for_a_pattern_is_a_sentence():
    with pytest.raises(DiffFitError, match="choose another folder"):
        chimerax_commands([ShownMap(Path("maps[1]") / "m.mrc", 1.0)], [])
