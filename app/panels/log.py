"""What the program has said, with the time."""

from datetime import datetime
from html import escape

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from app.theme import LIGHT, Theme, token

MOST_LINES = 2000
COLOURS = {"info": "text", "warning": "warning", "error": "danger"}


class LogPanel(QPlainTextEdit):
    """A read-only list of sentences, the latest at the end."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("log")
        self.setReadOnly(True)
        self.setMaximumBlockCount(MOST_LINES)
        self.setPlaceholderText("What happens is noted here.")
        self._theme = LIGHT
        self._lines: list[tuple[str, str, str]] = []  # time, kind, text

    def set_theme(self, theme: Theme) -> None:
        """Write everything again in the theme's colours."""
        self._theme = theme
        self.clear()
        for line in self._lines:
            self._write(*line)

    def add(self, text: str, kind: str = "info") -> None:
        """Note a sentence; `kind` is `info`, `warning` or `error`."""
        line = (datetime.now().astimezone().strftime("%H:%M:%S"), kind, text)
        self._lines = [*self._lines[-MOST_LINES:], line]
        self._write(*line)

    def _write(self, time: str, kind: str, text: str) -> None:
        muted, colour = token(self._theme, "muted").name(), token(self._theme, COLOURS[kind]).name()
        self.appendHtml(
            f'<span style="color:{muted}">{time}</span>&nbsp;&nbsp;<span style="color:{colour}">{escape(text)}</span>'
        )
