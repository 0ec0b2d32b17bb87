"""A form made from a settings dataclass: each field's declaration says how it is edited."""

import types
from collections.abc import Callable, Iterable
from dataclasses import Field, dataclass, fields
from typing import Any, get_args, get_type_hints

from PySide6.QtCore import QObject, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QWidget

from app.widgets.number_box import integer_box, number_box

AUTOMATIC = "automatic"  # shown for None: the program chooses
LARGEST_INT = 2**31 - 1  # of QSpinBox


@dataclass(frozen=True)
class Editor:
    """A widget for one setting, and how to read and write it."""

    widget: QWidget
    value: Callable[[], Any]
    show: Callable[[Any], None]


class SettingsForm(QWidget):
    """Editors for some fields of a settings dataclass, one under the other."""

    changed = Signal()

    def __init__(self, settings: type, names: Iterable[str] | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = self._rows = QFormLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(10)
        layout.setVerticalSpacing(6)
        layout.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._defaults: dict[str, Any] = {}
        self._editors: dict[str, Editor] = {}
        kinds = get_type_hints(settings)
        for field in fields(settings):
            if names is None or field.name in names:
                self._add(layout, field, kinds[field.name])
        self.reset()

    def values(self) -> dict[str, Any]:
        """What the user has chosen, by field name."""
        return {name: editor.value() for name, editor in self._editors.items()}

    def show_values(self, values: dict[str, Any]) -> None:
        """Show these values without saying `changed`."""
        for name, value in values.items():
            with QSignalBlocker(self._editors[name].widget):
                self._editors[name].show(value)

    def reset(self) -> None:
        """Go back to the defaults."""
        self.show_values(self._defaults)

    def show_only(self, names: Iterable[str]) -> None:
        """Hide the editors of all other settings; they keep their values."""
        shown = set(names)
        for name, editor in self._editors.items():
            self._rows.setRowVisible(editor.widget, name in shown)

    def editor(self, name: str) -> QWidget:
        """The widget that edits this field."""
        return self._editors[name].widget

    def _add(self, layout: QFormLayout, field: "Field[Any]", kind: Any) -> None:
        editor = make_editor(kind, dict(field.metadata), self.changed, self)
        editor.widget.setToolTip(_sentence(field.metadata["help"]))
        self._editors[field.name] = editor
        self._defaults[field.name] = field.default
        layout.addRow(title_of(field.name), editor.widget)


def title_of(name: str) -> str:
    """A field's name as a label: `cluster_shift` becomes `Cluster shift`."""
    return name.replace("_", " ").capitalize()


def make_editor(kind: Any, meta: dict[str, Any], changed: Any, parent: QObject) -> Editor:
    """The editor that fits a field's type and declaration; `changed` is emitted when the user edits."""
    optional = isinstance(kind, types.UnionType) and type(None) in get_args(kind)
    plain = next(part for part in get_args(kind) if part is not type(None)) if optional else kind
    if meta["choices"]:
        return _choice_editor(meta["choices"], changed)
    if plain is int and (meta["high"] or 0) <= LARGEST_INT:
        return _integer_editor(meta, changed, optional=optional)
    return _number_editor(meta, changed, optional=optional, whole=plain is int)


def _choice_editor(choices: tuple[str, ...], changed: Any) -> Editor:
    box = QComboBox()
    for choice in choices:
        box.addItem(choice if choice.isupper() else _choice_title(choice), choice)
    box.currentIndexChanged.connect(changed)
    return Editor(box, box.currentData, lambda value: box.setCurrentIndex(max(0, box.findData(value))))


def _choice_title(choice: str) -> str:
    return {"cpu": "CPU", "cuda": "CUDA (NVIDIA)", "mps": "Metal (Apple)"}.get(choice, choice.capitalize())


def _integer_editor(meta: dict[str, Any], changed: Any, *, optional: bool) -> Editor:
    box = integer_box()
    low, high = int(meta["low"] or 0), int(meta["high"] or LARGEST_INT)
    box.setRange(low - 1 if optional else low, high)
    box.setGroupSeparatorShown(True)
    if optional:
        box.setSpecialValueText(AUTOMATIC)
    if meta["unit"]:
        box.setSuffix(f" {meta['unit']}")
    box.valueChanged.connect(changed)

    def value() -> int | None:
        return None if optional and box.value() == box.minimum() else box.value()

    return Editor(box, value, lambda new: box.setValue(box.minimum() if new is None else new))


def _number_editor(meta: dict[str, Any], changed: Any, *, optional: bool, whole: bool) -> Editor:
    box = number_box()
    box.setDecimals(0 if whole else 2)
    step = 1.0 if whole else 0.5
    low = 0.01 if meta["above"] == 0 else float(meta["low"] if meta["low"] is not None else -1e12)
    box.setRange(low - step if optional else low, float(meta["high"] if meta["high"] is not None else 1e12))
    box.setSingleStep(step)
    if optional:
        box.setSpecialValueText(AUTOMATIC)
    if meta["unit"]:
        box.setSuffix(f" {meta['unit']}")
    box.valueChanged.connect(changed)

    def value() -> float | int | None:
        if optional and box.value() == box.minimum():
            return None
        return int(box.value()) if whole else box.value()

    return Editor(box, value, lambda new: box.setValue(box.minimum() if new is None else new))


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
