"""The about box: version, citation, and the licences of what the program is made of."""

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app import texts
from app.shell.about_dialog import AboutDialog
from app.shipped import components, licence_text


@pytest.fixture
def dialog(qtbot: QtBot) -> AboutDialog:
    dialog = AboutDialog()
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def test_everything_shipped_is_named_with_version_and_licence() -> None:
    found = {component.name.lower(): component for component in components()}
    assert {"python", "difffit", "numpy", "torch", "numba", "gemmi", "vispy", "pyside6_essentials"} <= set(found)
    assert "pytest" not in found
    assert [component.name for component in found.values() if not (component.version and component.licence)] == []
    assert "LGPL" in found["pyside6_essentials"].licence


def test_licences_can_be_read(dialog: AboutDialog) -> None:
    table = dialog.licences.table
    rows = [row for row in range(table.rowCount()) if table.item(row, 0).text() == "numpy"]
    table.setCurrentCell(rows[0], 0)
    assert "Redistribution and use in source and binary forms" in dialog.licences.text.toPlainText()
    assert licence_text("not installed") == ""


def test_citation_and_versions_can_be_copied(dialog: AboutDialog) -> None:
    dialog.cite.click()
    assert QApplication.clipboard().text() == texts.BIBTEX
    dialog.copy_versions.click()
    lines = QApplication.clipboard().text().splitlines()
    assert lines[0] == f"DiffFit {texts.program_version()}"
    assert any(line.startswith("torch ") for line in lines)
