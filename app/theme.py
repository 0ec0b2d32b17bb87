"""Colours of the window and of the viewport, light and dark, and the one stylesheet that uses them."""

from dataclasses import dataclass
from importlib.resources import files

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

Colour = tuple[float, float, float]  # red, green, blue, 0 to 1


@dataclass(frozen=True)
class Theme:
    """What every view needs to know to draw in the chosen theme."""

    name: str
    dark: bool
    background: Colour  # of the viewport
    foreground: Colour  # text and lines in the viewport
    accent: Colour
    map_colour: Colour


LIGHT = Theme("light", False, (1.0, 1.0, 1.0), (0.12, 0.13, 0.15), (0.18, 0.43, 0.93), (0.68, 0.70, 0.74))
DARK = Theme("dark", True, (0.09, 0.095, 0.105), (0.88, 0.89, 0.91), (0.25, 0.51, 0.98), (0.50, 0.53, 0.58))

CHOICES = ("system", "light", "dark")

TOKENS: dict[str, dict[str, str]] = {
    "light": {
        "window": "#f3f4f6",
        "panel": "#fafbfc",
        "base": "#ffffff",
        "stripe": "#f7f8fa",
        "text": "#1e2126",
        "muted": "#667080",
        "line": "#d9dde3",
        "strong_line": "#bcc3cd",
        "button": "#ffffff",
        "hover": "#eceff4",
        "pressed": "#e0e5ec",
        "accent": "#2e6eed",
        "accent_hover": "#235fd9",
        "accent_pressed": "#1b50bd",
        "accent_soft": "#e3ecfe",
        "accent_text": "#ffffff",
        "danger": "#c6342b",
        "warning": "#9a6400",
        "success": "#1d7f4e",
    },
    "dark": {
        "window": "#1e2024",
        "panel": "#24272c",
        "base": "#1a1c20",
        "stripe": "#1f2126",
        "text": "#e2e4e8",
        "muted": "#98a0ad",
        "line": "#34383f",
        "strong_line": "#4a505a",
        "button": "#2d3138",
        "hover": "#343941",
        "pressed": "#3d434c",
        "accent": "#3f82fa",
        "accent_hover": "#5a95fb",
        "accent_pressed": "#2f6fe0",
        "accent_soft": "#233555",
        "accent_text": "#ffffff",
        "danger": "#ff766c",
        "warning": "#e0a63c",
        "success": "#4fc58a",
    },
}

STRUCTURE_COLOURS: tuple[Colour, ...] = (
    (0.22, 0.48, 0.86),
    (0.36, 0.68, 0.30),
    (0.90, 0.52, 0.16),
    (0.62, 0.40, 0.80),
    (0.85, 0.33, 0.40),
    (0.16, 0.66, 0.68),
    (0.80, 0.68, 0.20),
    (0.55, 0.42, 0.33),
)


def qcolour(colour: Colour) -> QColor:
    """The colour as Qt wants it."""
    return QColor.fromRgbF(*colour)


def token(theme: Theme, name: str) -> QColor:
    """A named colour of the window in this theme."""
    return QColor(TOKENS[theme.name][name])


def make_palette(theme: Theme) -> QPalette:
    """The theme's colours for everything that the stylesheet does not name."""
    palette = QPalette()
    for role, name in PALETTE_ROLES.items():
        palette.setColor(role, token(theme, name))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, token(theme, "strong_line"))
    return palette


PALETTE_ROLES = {
    QPalette.ColorRole.Window: "window",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Base: "base",
    QPalette.ColorRole.AlternateBase: "stripe",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.PlaceholderText: "muted",
    QPalette.ColorRole.Button: "button",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.BrightText: "danger",
    QPalette.ColorRole.Highlight: "accent",
    QPalette.ColorRole.HighlightedText: "accent_text",
    QPalette.ColorRole.Link: "accent",
    QPalette.ColorRole.ToolTipBase: "panel",
    QPalette.ColorRole.ToolTipText: "text",
    QPalette.ColorRole.Light: "panel",
    QPalette.ColorRole.Midlight: "line",
    QPalette.ColorRole.Mid: "strong_line",
    QPalette.ColorRole.Dark: "strong_line",
}


def make_stylesheet(theme: Theme) -> str:
    """The window's stylesheet with the theme's colours in place of its @names."""
    text = files("resources").joinpath("theme", "window.qss").read_text(encoding="utf-8")
    names = TOKENS[theme.name] | {
        "down_arrow": f"resources:icons/arrow-down-{theme.name}.svg",
        "up_arrow": f"resources:icons/arrow-up-{theme.name}.svg",
        "check_mark": "resources:icons/check.svg",
    }
    for name in sorted(names, key=len, reverse=True):  # @accent_text before @accent
        text = text.replace(f"@{name}", names[name])
    return text


class ThemeSwitch(QObject):
    """Applies the chosen theme to the whole application and follows the system's when that is the choice."""

    changed = Signal(object)  # Theme

    def __init__(self, choice: str = "system") -> None:
        super().__init__()
        self.choice = choice
        self.theme = LIGHT
        QGuiApplication.styleHints().colorSchemeChanged.connect(self.follow_system)

    def choose(self, choice: str) -> None:
        """Apply `system`, `light` or `dark`."""
        self.choice = choice
        wanted = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}.get(choice, Qt.ColorScheme.Unknown)
        hints = QGuiApplication.styleHints()
        if hasattr(hints, "setColorScheme"):  # Qt 6.8: title bars and native dialogs follow too
            hints.setColorScheme(wanted)
        self.apply()

    def follow_system(self) -> None:
        """The desktop has changed between light and dark."""
        self.apply()

    def apply(self) -> None:
        """Dress the application in the theme that the choice means now."""
        theme = DARK if self._wants_dark() else LIGHT
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.setPalette(make_palette(theme))
        application.setStyleSheet(make_stylesheet(theme))
        self.theme = theme
        self.changed.emit(theme)

    def _wants_dark(self) -> bool:
        if self.choice == "system":
            return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
        return self.choice == "dark"
