"""Options made from the declarations of the settings, so that command line and window cannot differ."""

import argparse
from dataclasses import fields
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_type_hints

from difffit_core.settings import FitSettings


def add_settings(parser: argparse.ArgumentParser, *, leave_out: tuple[str, ...] = ()) -> None:
    """One option per setting of a fit."""
    types = get_type_hints(FitSettings)
    group = parser.add_argument_group("settings")
    for field in fields(FitSettings):
        if field.name in leave_out:
            continue
        meta = field.metadata
        shown = meta["help"] + (f" ({meta['unit']})" if meta["unit"] else "")
        default = "" if field.default is None else f" [{field.default}]"
        group.add_argument(
            f"--{field.name.replace('_', '-')}",
            dest=field.name,
            type=_plain_type(types[field.name]),
            default=field.default,
            choices=meta["choices"] or None,
            metavar=None if meta["choices"] else field.name.split("_")[-1][0].upper(),
            help=(shown + default).replace("%", "%%"),
        )


def settings_of(options: argparse.Namespace, **known: Any) -> FitSettings:
    """The settings that were given; SettingsError when one is out of its range."""
    given = {f.name: getattr(options, f.name) for f in fields(FitSettings) if hasattr(options, f.name)}
    return FitSettings(**{**given, **known})


def add_output(parser: argparse.ArgumentParser) -> None:
    """What every command that computes can be told about its output."""
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.add_argument("--quiet", action="store_true", help="no progress and no remarks")


def add_files(parser: argparse.ArgumentParser, *, several: bool) -> None:
    """The map and the structure or structures."""
    parser.add_argument("map", type=Path, metavar="MAP", help="density map (MRC, CCP4, MAP; .gz and .bz2 too)")
    parser.add_argument(
        "structures" if several else "structure",
        type=Path,
        nargs="+" if several else None,
        metavar="STRUCTURE",
        help="atomic structure (PDB, mmCIF; .gz and .bz2 too)",
    )


def _plain_type(hint: Any) -> type:
    """`float` for `float | None`."""
    if isinstance(hint, UnionType):
        return next(t for t in get_args(hint) if t is not type(None))
    return hint
