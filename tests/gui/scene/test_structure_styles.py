"""Representations, colour schemes, copies and highlighted residues."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from numpy import ndarray
from pytestqt.qtbot import QtBot

from app.scene.atoms import VAN_DER_WAALS
from app.scene.colouring import Colouring
from app.scene.legends import Bins, Scale
from app.scene.palette import FIT_STOPS, PLDDT_CLASSES, UNKNOWN
from app.scene.structure_shape import shape_of
from app.scene.styles import Representation
from app.scene.viewport import Viewport
from difffit_core import read_structure
from difffit_core.data.structure import Structure
from tests.gui.scene.looking import BLUE, GREEN, RED, middle_of, share_of
from tests.gui.scene.making import IDENTITY, helix

SAMPLE = Path(__file__).parents[3] / "resources" / "samples" / "haemoglobin"


@pytest.fixture(scope="module")
def chain() -> Structure:
    return read_structure(SAMPLE / "A.pdb")


def shifted(x: float) -> ndarray:
    matrix = IDENTITY.copy()
    matrix[0, 3] = x
    return matrix


def rgb(colouring: Colouring, structure: Structure) -> ndarray:
    return colouring.atom_rgba(structure)[:, :3] / 255


def test_spheres_have_van_der_waals_radii_and_hide_the_inside(chain: Structure) -> None:
    shape = shape_of(chain, chain.secondary_structure, representation="spheres")
    assert len(shape.triangles.corners) == len(shape.cylinders.radius) == 0
    np.testing.assert_allclose(shape.spheres.radius[chain.element == 8], VAN_DER_WAALS[8])
    np.testing.assert_allclose(shape.spheres.position_xyz, chain.xyz, atol=1e-3)


def test_sticks_join_bonded_atoms_in_both_colours(chain: Structure) -> None:
    shape = shape_of(chain, chain.secondary_structure, representation="sticks", colouring=Colouring("element"))
    sticks = shape.cylinders
    length = np.linalg.norm(sticks.end_xyz - sticks.start_xyz, axis=1)
    assert 1.0 < length.min() < length.max() < 2.45
    assert 0.9 * len(chain) < len(length) < 1.4 * len(chain)  # a little more than one bond per atom
    assert (sticks.start_rgba != sticks.end_rgba).any(axis=1).mean() > 0.3
    np.testing.assert_allclose(shape.spheres.radius.min(), sticks.radius.min())


def test_tube_is_a_line_of_one_thickness(chain: Structure) -> None:
    tube = shape_of(chain, chain.secondary_structure, representation="tube").triangles
    cartoon = shape_of(chain, chain.secondary_structure).triangles
    assert 0 < len(tube.corners) < len(cartoon.corners)
    assert len(shape_of(chain, chain.secondary_structure, representation="tube").spheres.radius) > 0  # the haem


@pytest.mark.parametrize("representation", ["cartoon", "tube", "sticks", "spheres"])
def test_every_representation_is_seen_in_its_colour(viewport: Viewport, representation: Representation) -> None:
    viewport.show_structure("helix", helix(), colour=RED)
    viewport.set_structure_style("helix", representation=representation)
    viewport.frame_all()
    assert share_of(viewport.image(), "red") > 0.002
    viewport.set_structure_style("helix", colour=GREEN)
    image = viewport.image()
    assert share_of(image, "red") == 0
    assert share_of(image, "green") > 0.002


def test_impostors_are_the_same_from_afar_in_both_projections(viewport: Viewport, chain: Structure) -> None:
    viewport.show_structure("chain", chain)
    viewport.set_structure_style("chain", representation="spheres")
    viewport.frame_all()
    shares = []
    for projection in ("perspective", "orthographic"):
        viewport.set_projection(projection)  # type: ignore[arg-type]
        shares.append(share_of(viewport.image(), "drawn"))
    assert shares[1] == pytest.approx(shares[0], rel=0.15)
    assert shares[0] > 0.1


def test_plddt_has_alphafolds_four_classes(chain: Structure) -> None:
    predicted = dataclasses.replace(chain, b_factor=np.resize([95.0, 75.0, 60.0, 20.0], len(chain)).astype(np.float32))
    np.testing.assert_allclose(
        rgb(Colouring("plddt"), predicted)[:4], [colour for _, _, colour in PLDDT_CLASSES], atol=1 / 255
    )
    legend = Colouring("plddt").legend(predicted)
    assert isinstance(legend, Bins)
    assert [label for label, _ in legend.classes] == ["> 90", "70–90", "50–70", "< 50"]


def test_residue_values_colour_all_atoms_of_a_residue(chain: Structure) -> None:
    values = np.linspace(0, 1, chain.residue_index[-1] + 1)
    values[5] = np.nan
    colouring = Colouring("residue", values, "fit")
    colours = rgb(colouring, chain)
    np.testing.assert_allclose(colours[0], FIT_STOPS[0], atol=1 / 255)
    np.testing.assert_allclose(colours[-1], FIT_STOPS[-1], atol=1 / 255)
    assert np.abs(colours[chain.residue_index == 5] - UNKNOWN).max() <= 1 / 255
    legend = colouring.legend(chain)
    assert isinstance(legend, Scale)
    assert (legend.title, legend.low, legend.high) == ("fit", 0.0, 1.0)


def test_values_of_another_structure_are_grey(chain: Structure) -> None:
    np.testing.assert_allclose(rgb(Colouring("residue", np.ones(3)), chain)[:1], [UNKNOWN], atol=1 / 255)


def test_b_factors_go_from_blue_to_red(chain: Structure) -> None:
    colours = rgb(Colouring("b_factor"), chain)
    low, high = np.argmin(chain.b_factor), np.argmax(chain.b_factor)
    assert colours[low, 2] > colours[low, 0]
    assert colours[high, 0] > colours[high, 2]


def test_legend_appears_with_the_scheme_and_goes_with_it(viewport: Viewport) -> None:
    viewport.show_structure("helix", helix())
    assert viewport._contents.legends() == []
    viewport.set_structure_style("helix", residue_values=np.arange(24.0), residue_title="correlation")
    (legend,) = viewport._contents.legends()
    assert legend.title == "correlation"
    viewport.set_structure_style("helix", colour_by="chain")
    assert viewport._contents.legends() == []


def test_copy_shares_the_buffers_of_its_original(viewport: Viewport) -> None:
    viewport.show_structure("helix", helix(), colour=RED)
    viewport.show_copy("copy", of="helix", map_from_model=shifted(14.0), colour=GREEN)
    viewport.frame_all()
    image = viewport.image().astype(int)
    red = middle_of(image[..., 0] > image[..., 1] + 40)
    green = middle_of(image[..., 1] > image[..., 0] + 40)
    assert green[1] > red[1] + 20
    viewport.set_visible("helix", False)
    assert share_of(viewport.image(), "green") > 0  # the copy stays
    viewport.set_visible("helix", True)
    viewport.set_structure_style("copy", colour=BLUE)
    image = viewport.image()
    assert share_of(image, "green") == 0
    assert min(share_of(image, "blue"), share_of(image, "red")) > 0
    viewport.place("copy", shifted(0.0))
    viewport.remove("helix")
    assert share_of(viewport.image(), "drawn") == 0
    viewport.remove("copy")  # it has gone with its original


def test_copies_outlive_a_new_colour_of_their_original(viewport: Viewport) -> None:
    structure = helix()
    viewport.show_structure("helix", structure)
    viewport.show_copy("copy", of="helix", map_from_model=shifted(14.0), colour=GREEN)
    viewport.set_structure_style("helix", representation="spheres")
    viewport.show_structure("helix", structure, colour=RED)
    viewport.frame_all()
    image = viewport.image()
    assert share_of(image, "green") > 0
    assert share_of(image, "red") > 0
    assert viewport._contents.structure("helix").representation == "spheres"


def test_highlighted_residue_is_bright(viewport: Viewport) -> None:
    viewport.show_structure("helix", helix(), colour=(0.2, 0.2, 0.6))
    viewport.frame_all()
    before = viewport.image(640, 480)
    viewport.highlight("helix", 12)
    image = viewport.image(640, 480).astype(int)
    gold = (image[..., 0] > image[..., 2] + 60) & (image[..., 1] > image[..., 2] + 30)
    assert 15 < gold.sum() < 0.05 * gold.size
    viewport.highlight("helix", None)
    np.testing.assert_array_equal(viewport.image(640, 480), before)


def test_hundred_thousand_atoms_are_ready_soon(qtbot: QtBot, viewport: Viewport) -> None:
    random = np.random.default_rng(0)
    grid = np.stack(np.meshgrid(*[np.arange(47) * 2.6] * 3, indexing="ij"), axis=-1).reshape(-1, 3)[:100_000]
    one = helix(2)
    many = Structure(
        grid + random.normal(0, 0.2, grid.shape),
        *(np.resize(getattr(one, field.name), len(grid)) for field in dataclasses.fields(one)[1:-1]),
        source=one.source,
    )
    viewport.show_structure("many", many)
    viewport.set_structure_style("many", representation="spheres")
    with qtbot.waitSignal(viewport._builder.idle, timeout=60_000):
        pass
    viewport.frame_all()
    assert share_of(viewport.image(samples=1), "drawn") > 0.1
