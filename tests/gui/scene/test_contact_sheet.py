"""The contact sheet shows every panel in both themes."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage

from app.theme import DARK, LIGHT
from tests.gui.contact_sheet import CAPTION, COLUMNS, GAP, PANEL, PANELS

ROOT = Path(__file__).parents[3]


@pytest.mark.usefixtures("needs_graphics")
def test_contact_sheet_shows_something_in_every_panel(tmp_path: Path) -> None:
    path = tmp_path / "sheet.png"
    done = subprocess.run(
        [sys.executable, "-m", "tests.gui.contact_sheet", str(path)],
        cwd=ROOT, env=os.environ, capture_output=True, text=True, timeout=500, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    image = QImage(str(path)).convertToFormat(QImage.Format.Format_RGBA8888)
    pixels = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(image.height(), image.width(), 4).astype(int)
    for number in range(2 * len(PANELS)):
        left, top = GAP + number % COLUMNS * (PANEL[0] + GAP), GAP + number // COLUMNS * (PANEL[1] + CAPTION + GAP)
        panel = pixels[top + CAPTION :, left:][: PANEL[1], : PANEL[0], :3]
        theme = LIGHT if number < len(PANELS) else DARK
        ground = np.rint(255 * np.array(theme.background))
        assert (np.abs(panel - ground).max(axis=2) <= 2).mean() > 0.03
        middle = panel[80:-80, 80:-80]
        assert (np.abs(middle - ground).max(axis=2) > 30).mean() > 0.08


def test_wrong_use_is_explained() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.gui.contact_sheet"],
        cwd=ROOT, capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "usage" in done.stderr
