"""Parts of documentation that a program writes: what stands between `<!-- NAME: begin -->` and `<!-- NAME: end -->`."""

from pathlib import Path


def _marks(name: str) -> tuple[str, str]:
    return f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->"


def part(page: Path, name: str) -> str:
    """What stands there now; raises ValueError when the page has no such part."""
    begin, end = _marks(name)
    content = page.read_text("utf-8")
    if begin not in content or end not in content:
        raise ValueError(f"{page.name} has no part {name}; it needs the lines {begin.strip()} and {end}.")
    return content.split(begin)[1].split(end)[0]


def put(page: Path, name: str, text: str) -> None:
    """Replace it, and leave everything else as it is."""
    old, (begin, end) = part(page, name), _marks(name)
    content = page.read_text("utf-8")
    page.write_text(content.replace(f"{begin}{old}{end}", f"{begin}{text}{end}"), "utf-8")
