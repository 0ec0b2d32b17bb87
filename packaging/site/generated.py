"""What mkdocs asks us: pages made from the program, and links out of the documentation."""

import argparse
import posixpath
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from difffit_core import __all__ as public_names
from difffit_core.cli.main import COMMANDS, make_parser

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"(?<!!)\[([^\]]+)\]\((\.\./[^)\s]+)\)")
FORMULA = re.compile(
    r"(?P<code>^```.*?^```$|`[^`\n]+`)|\$\$(?P<block>.+?)\$\$|\$(?P<line>[^$\n]+)\$", re.MULTILINE | re.DOTALL
)
INTRODUCTION = {
    "commands": "Made from the program. Progress goes to standard error, results to standard output; `--json` prints "
    "them for scripts. Exit codes: 0 done, 1 an error in one sentence, 2 wrong usage, 130 cancelled.",
    "python": "Made from the program. `import difffit_core` costs nothing: names are loaded when they are first used. "
    "Lengths are in Å, arrays `[z, y, x]`, vectors x y z, quaternions x y z w. Whatever takes long is a `Job`, which "
    "`run` carries out.",
}


def on_files(files: "Files", config: "MkDocsConfig") -> "Files":
    """Add the references and the program's icon."""
    from mkdocs.structure.files import File

    pages = {
        "reference/commands.md": command_reference(),
        "reference/python.md": python_reference(),
        "conventions.md": conventions((ROOT / "difffit_core" / "README.md").read_text(encoding="utf-8")),
        "pictures/difffit.svg": (ROOT / "resources" / "icons" / "difffit.svg").read_text(encoding="utf-8"),
    }
    for path, content in pages.items():
        files.append(File.generated(config, path, content=content))
    return files


def on_page_markdown(markdown: str, page: "Page", config: "MkDocsConfig", files: "Files") -> str:
    """Formulas become MathML, and links to source files, which the site does not have, their names."""
    return with_formulas(without_source_links(markdown, posixpath.dirname(page.file.src_uri)))


def with_formulas(markdown: str) -> str:
    """LaTeX between dollar signs becomes MathML, which browsers draw without a script; code is left alone."""
    from latex2mathml.converter import convert

    def formula(match: re.Match[str]) -> str:
        if match["code"]:
            return match[0]
        block = match["block"] is not None
        return convert(match["block"] or match["line"], display="block" if block else "inline")

    return FORMULA.sub(formula, markdown)


def without_source_links(markdown: str, folder: str) -> str:
    """`[text](../difffit_core/x.py)` becomes its text; links that stay inside the documentation are left alone."""

    def name(link: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(folder, link[2]))
        return link[1] if target.startswith("..") else link[0]

    return LINK.sub(name, markdown)


def command_reference() -> str:
    """Every command with its options, from the parsers themselves."""
    commands = subcommands(make_parser())
    sections = [describe_command(name, commands[name]) for name in COMMANDS]
    return f"# Commands\n\n{INTRODUCTION['commands']}\n\n" + "\n\n".join(sections) + "\n"


def subcommands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """The parsers of the commands by name."""
    holders = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    return dict(holders[0].choices)


def describe_command(name: str, parser: argparse.ArgumentParser) -> str:
    """One command as Markdown: what it does, how it is called, a table of its options by group."""
    about = (parser.description or "").partition(": ")[2]
    usage = " ".join(parser.format_usage().removeprefix("usage: ").split())
    parts = [f"## difffit {name}", about[:1].upper() + about[1:], f"```text\n{usage}\n```"]
    for group in parser._action_groups:
        options = [
            action for action in group._group_actions if action.help != argparse.SUPPRESS and action.dest != "help"
        ]
        if options:
            parts.append(table_of(group.title or "", options, parser))
    return "\n\n".join(parts)


def table_of(title: str, options: list[argparse.Action], parser: argparse.ArgumentParser) -> str:
    """Options with their help; the bar of a choice must not end a cell."""
    formatter = parser._get_formatter()

    def cell(text: str) -> str:
        return text.replace("|", "\\|")

    def shown(action: argparse.Action) -> str:
        default = action.metavar or action.dest
        arguments = formatter._format_args(action, str(default)) if action.nargs != 0 else ""
        names = ", ".join(action.option_strings) or arguments
        return f"`{names}`" if not action.option_strings or not arguments else f"`{names} {arguments}`"

    rows = [
        f"| {cell(shown(action))} | {cell(formatter._expand_help(action) if action.help else '')} |"
        for action in options
    ]
    return "\n".join([f"| {title} | |", "|---|---|", *rows])


def python_reference() -> str:
    """Every public name, described by its docstring."""
    import difffit_core

    homes: dict[str, Any] = difffit_core._HOMES
    names = sorted(public_names, key=lambda name: (not name[0].islower(), name))
    entries = [f"::: difffit_core.{homes[name]}.{name}" for name in names]
    return f"# Python\n\n{INTRODUCTION['python']}\n\n" + "\n\n".join(entries) + "\n"


def conventions(readme: str) -> str:
    """Conventions and glossary, which live beside the engine."""
    sections = [
        re.search(rf"^## {title}\n.*?(?=^## |\Z)", readme, re.MULTILINE | re.DOTALL)
        for title in ("Conventions", "Glossary")
    ]
    return "# Words and conventions\n\n" + "\n".join(section[0] for section in sections if section)
