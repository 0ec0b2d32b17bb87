"""What `difffit compose` is to place: structures or their parts, and how many copies of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from difffit_core.compose.parts import Origin, origin_of, split_each
from difffit_core.data.structure import Structure
from difffit_core.errors import SettingsError
from difffit_core.files.chain_names import unused_name
from difffit_core.files.compression import name_without_suffixes
from difffit_core.files.pae import read_pae
from difffit_core.files.split_files import write_split
from difffit_core.files.split_structure import Split
from difffit_core.files.structure_files import read_structure


@dataclass(frozen=True)
class Wanted:
    """What is composed."""

    structures: tuple[Structure, ...]
    most: dict[int, int]  # copies by index; as many as are confident of the others
    origins: tuple[Origin | None, ...]  # of the structures that are parts


@dataclass
class Parts:
    """Parts of all models, one after the other."""

    structures: list[Structure] = field(default_factory=list)
    origins: list[Origin | None] = field(default_factory=list)
    most: dict[int, int] = field(default_factory=dict)
    names: dict[str, dict[int, int]] = field(default_factory=dict)

    def add(self, whole: Structure, split: Split, folder: Path) -> None:
        """Write the parts of a model into a folder and note them."""
        write_split(folder, split, whole.source.path)
        occurs = {len(self.structures) + k: len(part.copies) for k, part in enumerate(split.parts)}
        for index, part in zip(occurs, split.parts, strict=True):
            path = folder / part.structure.name
            self.names[_stem(path)] = {index: 1}
            self.structures.append(replace(part.structure, source=replace(part.structure.source, path=path)))
            self.origins.append(origin_of(part, whole))
        self.names[_stem(whole.source.path)] = occurs
        self.most |= occurs


def asked_for(paths: Sequence[Path], split: str | None, errors: Sequence[Path], copies: str, folder: Path) -> Wanted:
    """What is placed, and how often at most; parts of split models are written into `FOLDER/parts/MODEL`.

    `errors` are files of predicted aligned errors, `copies` says `A=2,B=4`. Raises SettingsError where these make no
    sense together.
    """
    whole = tuple(read_structure(path) for path in paths)
    if split is None:
        if errors:
            raise SettingsError("--pae is for --split domains; give both, or neither.")
        names = {_stem(structure.source.path): {k: 1} for k, structure in enumerate(whole)}
        return Wanted(whole, copies_asked_for(copies, names), (None,) * len(whole))
    parts, taken = Parts(), set[str]()
    for structure, found in zip(whole, split_each(whole, split, [read_pae(path) for path in errors]), strict=True):
        parts.add(structure, found, folder / "parts" / unused_name(name_without_suffixes(structure.source.path), taken))
    most = {**parts.most, **copies_asked_for(copies, parts.names)}
    return Wanted(tuple(parts.structures), most, tuple(parts.origins))


def copies_asked_for(text: str, names: Mapping[str, Mapping[int, int]]) -> dict[int, int]:
    """`A=2,B=4` as structure index → number; SettingsError when a name is unknown or a number is none.

    `names` says which structures a name stands for, and how many of each make one of it.
    """
    most: dict[int, int] = {}
    for part in filter(None, text.split(",")):
        name, _, number = part.partition("=")
        if name not in names:
            raise SettingsError(f"--copies names {name!r}; the structures are {', '.join(names)}.")
        if not number.isdigit() or int(number) < 1:
            raise SettingsError(f"--copies {part}: say how many copies, for example {name}=2.")
        most |= {index: int(number) * each for index, each in names[name].items()}
    return most


def _stem(path: Path) -> str:
    return path.name.split(".")[0]
