"""From a fresh clone to a running DiffFit: python3 packaging/bootstrap.py demo | test | run | bench | docs | package

Needs nothing but Python. This file stays readable by very old Pythons, so that they answer with a sentence
instead of a syntax error; the work is done in difffit_bootstrap/, which only a supported Python imports.
"""

import sys

OLDEST = (3, 11)
NEWEST = (3, 14)  # the newest Python that every package in constraints.txt has wheels for


def unsupported_python(version):
    """The sentence for a Python that cannot run DiffFit; an empty one when `version` can."""
    found = ".".join(str(part) for part in version[:3])
    if OLDEST <= tuple(version[:2]) <= NEWEST:
        return ""
    # no f-string: Python 2 could not read it
    return (  # noqa: UP032
        "DiffFit needs Python {0[0]}.{0[1]} to {1[0]}.{1[1]}, and this is Python {2}; "
        "install one from https://www.python.org/downloads/ and run this command with it."
    ).format(OLDEST, NEWEST, found)


def main():
    """Exit with a sentence on an unsupported Python, else hand over to the real program."""
    sentence = unsupported_python(sys.version_info)
    if sentence:
        sys.exit(sentence)
    sys.dont_write_bytecode = True  # a read-only checkout gets its sentence, not a warning
    from difffit_bootstrap.tasks import main as run_task

    sys.exit(run_task(sys.argv[1:]))


if __name__ == "__main__":
    main()
