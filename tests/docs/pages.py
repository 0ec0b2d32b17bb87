"""The documentation's pages and what can be tried out in them."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
NEEDS_A_CLUSTER = ("dask_jobqueue",)


def blocks(page: Path, language: str) -> list[str]:
    """The contents of a page's code blocks in a language."""
    text = page.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def title(page: Path, number: int) -> str:
    """What a test of a block is called."""
    return f"{page.relative_to(DOCS).as_posix()}:{number}"


EXAMPLES = {
    title(page, number): block
    for page in PAGES
    for number, block in enumerate(blocks(page, "python"))
    if not any(name in block for name in NEEDS_A_CLUSTER)
}
COMMANDS = {
    f"{page.relative_to(DOCS).as_posix()}: {line}": line
    for page in PAGES
    for block in blocks(page, "sh")
    for line in block.splitlines()
    if line
}
