"""The small parts: numbers, progress, forms, histogram, theme, actions, preferences."""

import re
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtWidgets import QDoubleSpinBox
from pytestqt.qtbot import QtBot

from app.actions import RECORDS
from app.menus import MENUS, TOOLBAR, MenuRecord
from app.panels.numbers import decimals_for, fixed, significant
from app.preferences import RECENT_FILES, Preferences
from app.progress import Progress, describe_seconds, time_left
from app.theme import DARK, LIGHT, TOKENS, Theme, make_stylesheet, token
from app.widgets.histogram import HistogramView, count_densities
from app.widgets.settings_form import AUTOMATIC, SettingsForm
from difffit_core.events import StageAdvanced, StageStarted
from difffit_core.settings import FitSettings


@pytest.mark.parametrize(
    ("value", "text"), [(0.1234, "0.123"), (-0.1234, "−0.123"), (-0.0001, "0.000"), (float("nan"), "–")]
)
def test_fixed_numbers_have_their_decimals_and_a_real_minus(value: float, text: str):
    assert fixed(value, 3) == text


def test_significant_digits_show_small_and_large_densities():
    assert [significant(v) for v in (0.0312345, 12.5, -3.14159)] == ["0.0312", "12.5", "−3.14"]


@given(st.floats(1e-8, 1e5))
def test_decimals_show_the_smallest_difference(smallest: float):
    decimals = decimals_for(smallest)
    assert 10.0**-decimals <= smallest * 1.0001


ALL_STAGES = (("prepare", 1), ("screen", 600), ("climb", 120), ("polish", 50))
PAPER_STAGES = (("prepare", 1), ("climb", 201))


@pytest.mark.parametrize(("preset", "stages"), [("balanced", ALL_STAGES), ("paper", PAPER_STAGES)])
def test_progress_never_goes_back_and_ends_at_one(preset: str, stages: tuple[tuple[str, int], ...]):
    progress, seen = Progress(preset=preset), [0.0]
    for name, steps in stages:
        progress = progress.after(StageStarted(name, steps))
        for step in (steps // 2, steps):
            progress = progress.after(StageAdvanced(step))
            seen.append(progress.fraction)
    assert seen == sorted(seen)
    assert seen[-1] == pytest.approx(1.0)


def test_time_left_is_silent_until_it_can_be_known():
    assert time_left(0.01, 10.0) == ""
    assert time_left(0.5, 0.1) == ""
    assert time_left(0.5, 6.0) == "about 6 s left"
    assert time_left(0.1, 60.0) == "about 9 min 00 s left"


def test_durations_are_said_as_a_person_would():
    assert [describe_seconds(s) for s in (0.31, 4.4, 47, 200)] == ["0.3 s", "4 s", "45 s", "3 min 20 s"]


def test_form_gives_back_the_defaults_of_every_setting(qtbot: QtBot):
    form = SettingsForm(FitSettings, [f.name for f in fields(FitSettings) if f.name != "level"])
    qtbot.addWidget(form)
    assert FitSettings(**form.values()) == FitSettings()


def test_form_shows_units_ranges_and_help_of_the_declaration(qtbot: QtBot):
    form = SettingsForm(FitSettings, ["cluster_shift", "starts", "seed"])
    qtbot.addWidget(form)
    shift, seed = form.editor("cluster_shift"), form.editor("seed")
    assert isinstance(shift, QDoubleSpinBox)
    assert shift.text() == "3.00 Å"
    assert shift.maximum() == 100
    assert shift.toolTip() == "Placements closer than this are one cluster."
    assert form.editor("starts").text() == AUTOMATIC
    form.show_values({"seed": 2**32 - 1})
    assert form.values()["seed"] == 2**32 - 1
    assert seed.maximum() == 2**32 - 1


def test_hidden_settings_keep_their_values(qtbot: QtBot):
    form = SettingsForm(FitSettings, ["seed", "paper_levels"])
    qtbot.addWidget(form)
    form.show()
    form.show_values({"paper_levels": 7})
    form.show_only(["seed"])
    assert (form.editor("seed").isVisible(), form.editor("paper_levels").isVisible()) == (True, False)
    assert form.values()["paper_levels"] == 7


def test_every_value_that_a_form_allows_is_a_valid_setting(qtbot: QtBot):
    form = SettingsForm(FitSettings, ["cluster_shift", "cluster_angle", "starts", "seed", "resolution"])
    qtbot.addWidget(form)
    for end in ("minimum", "maximum"):
        for name in form.values():
            box = form.editor(name)
            box.setValue(getattr(box, end)())
        assert FitSettings(**form.values())


def test_dragging_over_the_histogram_moves_the_level_to_the_mouse(qtbot: QtBot):
    view = HistogramView()
    qtbot.addWidget(view)
    view.resize(300, 92)
    view.show_histogram(count_densities(np.linspace(-1, 3, 64, dtype=np.float32).reshape(4, 4, 4)))
    levels: list[float] = []
    view.level_moved.connect(levels.append)
    with qtbot.waitSignal(view.level_released):
        qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(150, 40))
        qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(150, 40))
    assert levels[0] == pytest.approx(1.0, abs=0.02)
    assert view.x_of(levels[0]) == pytest.approx(150, abs=1)


def test_large_maps_are_counted_by_an_even_sample():
    data = np.random.default_rng(0).normal(size=(160, 160, 160)).astype(np.float32)
    histogram = count_densities(data)
    assert (histogram.low, histogram.high) == (data.min(), data.max())
    assert histogram.counts.sum() < data.size / 2


def test_constant_map_has_a_histogram():
    assert count_densities(np.ones((3, 3, 3), dtype=np.float32)).counts.sum() == 27


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_stylesheet_has_no_unknown_names(theme: Theme):
    sheet = re.sub(r"/\*.*?\*/", "", make_stylesheet(theme), flags=re.DOTALL)
    assert "@" not in sheet


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize("ground", ["window", "panel", "base"])
def test_text_can_be_read_on_its_ground(theme: Theme, ground: str):
    """WCAG asks for a contrast of 4.5 for text, and of 3 at least for what is less important."""

    def brightness(name: str) -> float:
        shares = np.array(token(theme, name).getRgbF()[:3])
        linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
        return float(linear @ (0.2126, 0.7152, 0.0722))

    for name, wanted in (("text", 7.0), ("muted", 4.5), ("danger", 4.5), ("warning", 4.5)):
        low, high = sorted((brightness(name), brightness(ground)))
        assert (high + 0.05) / (low + 0.05) >= wanted, name


def test_both_themes_name_the_same_colours():
    assert TOKENS["light"].keys() == TOKENS["dark"].keys()


def _keys(menu: MenuRecord) -> list[str]:
    nested = [_keys(entry) for entry in menu.entries if isinstance(entry, MenuRecord)]
    plain = [entry for entry in menu.entries if isinstance(entry, str) and not entry.startswith("@")]
    return plain + [key for keys in nested for key in keys]


def test_every_action_stands_in_one_menu_and_shortcuts_are_unique():
    in_menus = [key for menu in MENUS for key in _keys(menu)]
    known = [record.key for record in RECORDS]
    assert sorted([*in_menus, "forget_recent"]) == sorted(known)  # that one closes the list of recent files
    assert {key for key in TOOLBAR if key} <= set(known)
    shortcuts = [record.shortcut for record in RECORDS if record.shortcut is not None]
    assert len(shortcuts) == len(set(shortcuts))


def test_recent_files_are_the_latest_first_without_those_that_are_gone(settings: QSettings, tmp_path: Path):
    preferences = Preferences(settings)
    paths = [tmp_path / f"{number}.mrc" for number in range(RECENT_FILES + 3)]
    for path in paths:
        path.touch()
        preferences.remember_file(path)
    preferences.remember_file(paths[5])
    paths[-1].unlink()
    shown = preferences.recent_files
    assert shown[0] == paths[5]
    assert paths[-1] not in shown
    assert len(shown) == RECENT_FILES - 1
    preferences.forget_files()
    assert preferences.recent_files == []


def test_unknown_theme_in_the_settings_is_not_believed(settings: QSettings):
    settings.setValue("theme", "purple")
    assert Preferences(settings).theme == "system"
