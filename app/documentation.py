"""Where the documentation lies: inside the frozen program, or where `bootstrap.py docs` built it."""

from importlib.resources import files
from pathlib import Path

PLACES = ("documentation", "dist/docs")
NOT_BUILT = "The documentation is not built yet: run python3 packaging/bootstrap.py docs, or read the folder docs/."


def documentation_page(base: Path | None = None) -> Path | None:
    """The first page of the documentation below the folder that holds the program; None when it is not built."""
    base = base or Path(str(files("resources"))).parent
    pages = (base / place / "index.html" for place in PLACES)
    return next((page for page in pages if page.is_file()), None)
