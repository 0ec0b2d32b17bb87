"""Errors whose text is a sentence for the user: what is wrong and what to do."""

OUT_OF_MEMORY = (
    "The memory of this computer is used up; close other programs, or take a smaller part of the map, and try again."
)


class DiffFitError(Exception):
    """Anything the user can understand and act on; the text is shown as it is."""


class MapFileError(DiffFitError):
    """A density map cannot be read or written."""


class StructureFileError(DiffFitError):
    """A structure cannot be read or written."""


class SettingsError(DiffFitError):
    """A setting has a value that cannot be used."""


class FitError(DiffFitError):
    """A fit cannot be carried out with this map and this structure."""


class ProjectError(DiffFitError):
    """A project cannot be saved or opened."""
