"""PDB and mmCIF content as gemmi structures: the content decides which it is, not the suffix."""

import bz2
import gzip
import io
import re
import zlib
from collections.abc import Callable
from io import BufferedIOBase
from pathlib import Path
from typing import Literal

import gemmi

from difffit_core.data.structure import StructureSource
from difffit_core.errors import StructureFileError
from difffit_core.files.compression import require_plain_file
from difffit_core.files.foreign_files import foreign_structure
from difffit_core.files.limits import MOST_TEXT, read_at_most

StructureFormat = Literal["cif", "pdb"]

_CIF_BEGINS = re.compile(rb"(?:\s|#[^\n]*\n)*data_", re.IGNORECASE)
_PDB_RECORD = re.compile(rb"^(?:ATOM  |HETATM|HEADER|CRYST1|MODEL |REMARK|TITLE )", re.IGNORECASE | re.MULTILINE)
_UNPACK: dict[bytes, Callable[[io.BytesIO], BufferedIOBase]] = {
    b"\x1f\x8b": lambda content: gzip.GzipFile(fileobj=content),
    b"BZh": bz2.BZ2File,
}
_OTHER_KINDS = {
    b"version https://git-lfs": "is a Git LFS pointer, not the structure itself; fetch it with `git lfs pull`",
    b"<": "is a web page or XML, not a structure in PDB or mmCIF format; download it again as mmCIF",
    b"{": "is a JSON file, not a structure in PDB or mmCIF format",
    b"\xfd7zXZ": "is compressed with xz; unpack it first (gzip and bzip2 are read as they are)",
    b"PK\x03\x04": "is a zip archive; unpack it first",
}


def load_source(path: Path, chains: tuple[str, ...] | None = None) -> StructureSource:
    """The file's bytes as they are; of a format that another package reads, the text that it makes of them."""
    foreign = foreign_structure(path)
    if foreign is not None:
        return StructureSource(path, foreign, chains)
    require_plain_file(path, StructureFileError)
    try:
        if path.stat().st_size > MOST_TEXT:
            raise _too_large(path)
        return StructureSource(path, path.read_bytes(), chains)
    except FileNotFoundError as cause:
        raise StructureFileError(f"{path} does not exist; check the path.") from cause
    except OSError as cause:
        if path.is_dir():
            raise StructureFileError(f"{path} is a folder; name a file in it.") from cause
        raise StructureFileError(f"{path.name} cannot be read ({cause.strerror}); check its permissions.") from cause


def uncompressed(source: StructureSource) -> bytes:
    """The content without gzip or bzip2 compression."""
    for magic, unpack in _UNPACK.items():
        if source.content.startswith(magic):
            try:
                text = read_at_most(unpack(io.BytesIO(source.content)), MOST_TEXT)
            except (EOFError, OSError, ValueError, zlib.error) as cause:
                raise StructureFileError(
                    f"{source.path.name} is a damaged or incomplete archive; download or copy it again."
                ) from cause
            if text is None:
                raise _too_large(source.path)
            return text
    return source.content


def _too_large(path: Path) -> StructureFileError:
    return StructureFileError(
        f"{path.name} holds more than {MOST_TEXT >> 20:,} MB, which no structure does; check that it is the right file."
    )


def format_of(path: Path, text: bytes) -> StructureFormat:
    """Whether the text is mmCIF or PDB; a sentence when it is neither."""
    start = text[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        raise StructureFileError(f"{path.name} is empty; download or copy it again.")
    if b"dataBlocks" in text[:200]:
        raise StructureFileError(f"{path.name} is BinaryCIF, which DiffFit does not read; download it as mmCIF (.cif).")
    for beginning, sentence in _OTHER_KINDS.items():
        if start.startswith(beginning):
            raise StructureFileError(f"{path.name} {sentence}.")
    if _CIF_BEGINS.match(text.removeprefix(b"\xef\xbb\xbf")):
        return "cif"
    if _PDB_RECORD.search(text):
        return "pdb"
    raise StructureFileError(f"{path.name} is not a structure in PDB or mmCIF format; check that it is the right file.")


def parse_cif(path: Path, text: bytes) -> gemmi.cif.Document:
    """The mmCIF document."""
    text = text.removeprefix(b"\xef\xbb\xbf")
    try:
        text.decode()
    except UnicodeDecodeError:  # names in Latin-1, as some old files hold them
        text = text.decode("latin-1").encode()
    try:
        return gemmi.cif.read_string(text)
    except (ValueError, RuntimeError) as cause:
        raise StructureFileError(
            f"{path.name} is not a complete mmCIF file ({_first_line(cause)}); download it again."
        ) from cause


def structure_of_cif(path: Path, document: gemmi.cif.Document) -> gemmi.Structure:
    """The structure in the block that holds atoms."""
    try:
        structure = gemmi.make_structure_from_block(atom_block(document))
    except (ValueError, RuntimeError, IndexError) as cause:
        raise StructureFileError(
            f"{path.name} is mmCIF whose atoms cannot be read ({_first_line(cause)}); download it again."
        ) from cause
    structure.merge_chain_parts()
    return structure


def atom_block(document: gemmi.cif.Document) -> gemmi.cif.Block:
    """The first block with atoms (refinement programs may put others before it), else the first."""
    for block in document:
        if len(block.find_values("_atom_site.Cartn_x")):
            return block
    return document[0]


def parse_pdb(path: Path, text: bytes) -> gemmi.Structure:
    """The structure in a PDB file; columns after 72 are left out where they hold what they held before 1996."""
    text = text.removeprefix(b"\xef\xbb\xbf")
    if not text.isascii():  # PDB knows no other characters; one byte stays one column
        text = text.decode("latin-1").encode("ascii", "replace")
    try:
        structure = gemmi.read_pdb_string(text)
    except (ValueError, RuntimeError):
        try:
            structure = gemmi.read_pdb_string(text, max_line_length=72)
        except (ValueError, RuntimeError) as cause:
            raise StructureFileError(
                f"{path.name} is not a readable PDB file ({_first_line(cause)}); repair or download it again."
            ) from cause
    structure.merge_chain_parts()
    return structure


def _first_line(cause: Exception) -> str:
    return str(cause).strip().splitlines()[0].strip(" .") if str(cause).strip() else "no reason given"
