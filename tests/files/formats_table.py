"""`python -m tests.files.formats_table` writes the tables of docs/formats.md: every row names the test behind it."""

from pathlib import Path

from tests.files.conventions import CONVENTIONS, REFUSED, Convention

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "formats.md"
MAPS = "tests/files/test_conventions.py::test_a_structure_stands_in_its_density"
BROKEN = "tests/files/test_map_errors.py::test_refused_in_one_sentence"
FILES, KINDS = "tests/files/test_structure_files.py", "tests/files/test_structure_kinds.py"
# what a file holds, what is expected, the test
STRUCTURES = (
    ("hybrid-36 numbers (A0000, A000)", "count on beyond 99,999 atoms and residue 9999",
     f"{KINDS}::test_hybrid_36_numbers_count_on_beyond_99999_atoms_and_residue_9999"),
    ("two-letter chains in PDB columns 21–22", "are chains of their own",
     f"{KINDS}::test_two_letter_chains_of_pdb_files_are_told_apart"),
    ("long chain names in mmCIF", "author names are used", f"{FILES}::test_mmcif_uses_author_names"),
    ("no elements in columns 77–78", "they follow from the atom names",
     f"{KINDS}::test_missing_elements_follow_from_atom_names"),
    ("unknown elements", "are carbon, and it is said",
     f"{KINDS}::test_unknown_elements_are_taken_as_carbon_and_it_is_said"),
    ("alternate locations", "the fullest stays, of equals the first",
     f"{FILES}::test_of_alternates_the_fullest_stays_and_of_equals_the_first"),
    ("two residue types in one place", "the fuller one stays",
     f"{FILES}::test_of_two_residue_types_in_one_place_one_stays"),
    ("insertion codes, several models, hydrogen, water, ions", "heavy atoms of the first model, without water",
     f"{FILES}::test_heavy_atoms_of_the_first_model_without_water"),
    ("hydrogen and deuterium", "take no part", f"{KINDS}::test_hydrogen_and_deuterium_take_no_part"),
    ("water as HOH, WAT, DOD, H2O, SOL, TIP", "takes no part",
     f"{KINDS}::test_water_takes_no_part_under_any_of_its_names"),
    ("ligands, ions, sugars", "take part", f"{KINDS}::test_ligands_ions_and_sugars_take_part"),
    ("modified residues (MSE, SEP)", "belong to their chain",
     f"{KINDS}::test_modified_residues_are_residues_of_their_chain"),
    ("DNA, RNA", "are known as such and take part", f"{KINDS}::test_nucleic_acids_are_known_and_take_part"),
    ("Cα atoms only", "are read, with a warning",
     f"{KINDS}::test_models_of_calpha_atoms_only_are_read_and_it_is_said"),
    ("one atom", "is read; a fit says that it needs three",
     f"{KINDS}::test_a_single_atom_cannot_be_fitted_and_the_sentence_says_so"),
    ("three million atoms", "within a minute and 4 GB (a slow test)",
     f"{KINDS}::test_three_million_atoms_are_read_within_a_minute_and_four_gigabytes"),
    ("gzip, bzip2, CRLF, byte order mark, any suffix", "the content decides",
     f"{FILES}::test_format_and_compression_are_seen_in_the_content"),
    ("serial numbers `*****`", "do not matter", f"{FILES}::test_missing_elements_and_starred_serials"),
)  # fmt: skip


def tables() -> dict[str, str]:
    """Markdown by the name of its marks."""
    return {"maps": _maps(), "refused": _refused(), "structures": _structures()}


def page_with(page: str, made: dict[str, str]) -> str:
    """The page with these tables between their marks."""
    for name, table in made.items():
        begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->\n"
        before, rest = page.split(begin)
        page = f"{before}{begin}{table}{end}{rest.split(end)[1]}"
    return page


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _maps() -> str:
    rows = [
        (one.habit, one.programs, _triple(one), _said(one), f"`{MAPS}[{name}]`") for name, one in CONVENTIONS.items()
    ]
    return _table(("what the file says", "as written by", "first voxel (Å)", "remark", "test"), rows)


def _triple(convention: Convention) -> str:
    return ", ".join(f"{value:g}".replace("-", "−") for value in convention.first_voxel_xyz)


def _said(convention: Convention) -> str:
    return f"… {convention.remark} …" if convention.remark else "none"


def _refused() -> str:
    rows = [(what, programs, f"`{BROKEN}[{name}]`") for name, (what, programs) in REFUSED.items()]
    return _table(("what the file says", "as written by", "test"), rows)


def _structures() -> str:
    return _table(("the file holds", "expected", "test"), [(*row[:2], f"`{row[2]}`") for row in STRUCTURES])


if __name__ == "__main__":
    PAGE.write_text(page_with(PAGE.read_text("utf-8"), tables()), "utf-8")
