"""The one error of the bootstrap, and its last-resort translation of the operating system's errors."""

import errno
from pathlib import Path


class BootstrapError(Exception):
    """Something the user can act on; the text is one sentence and is shown as it is."""


NO_SPACE = "The disk is full; free about 3 GB and run the same command again."


def sentence_for(error: OSError, root: Path) -> str:
    """What an operating system error means for somebody who only wanted to start DiffFit."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return NO_SPACE
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return f"DiffFit cannot write to {error.filename or root}; move the checkout to a folder that you may write to."
    return f"The operating system refused a step: {error}."
