"""Boxes for numbers, as wide as they are given room, with air before the number."""

from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QSizePolicy, QSpinBox

NARROWEST = 76  # pixels; a box's own wish grows with its range
TEXT_MARGIN = 6  # pixels; a stylesheet's padding does not reach the text of a spin box


def number_box() -> QDoubleSpinBox:
    """A box for a number with decimals."""
    box = QDoubleSpinBox()
    _fit_in(box)
    return box


def integer_box() -> QSpinBox:
    """A box for a whole number."""
    box = QSpinBox()
    _fit_in(box)
    return box


def _fit_in(box: QAbstractSpinBox) -> None:
    box.setMinimumWidth(NARROWEST)
    box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    box.lineEdit().setTextMargins(TEXT_MARGIN, 0, 0, 0)
    box.setKeyboardTracking(False)
