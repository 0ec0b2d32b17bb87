"""What a torch device holds and how much more it can hold."""

from collections.abc import Callable, Iterator

import numpy as np
import torch
from numpy import ndarray
from torch import Tensor

from difffit_core.errors import FitError

TOO_LITTLE = (
    "The graphics card has too little free memory for this map; close other programs that use it, or compute on the "
    "processor with --device cpu."
)


class LastUpload:
    """A float32 copy of an array on a device, kept until another array is asked for."""

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self._source: ndarray | None = None
        self._copy = torch.empty(0)

    def __call__(self, array: ndarray) -> Tensor:
        """The copy of this very array; arrays are never changed after they were made."""
        if self._source is not array:
            self._source, self._copy = array, upload(array, self.device)
        return self._copy


def upload(array: ndarray, device: torch.device) -> Tensor:
    """A contiguous float32 copy of an array on a device; Apple's know no double precision.

    Raises FitError when the device has no room for it.
    """
    try:
        return torch.from_numpy(np.array(array, np.float32, order="C")).to(device)
    except RuntimeError as error:
        if not is_out_of_memory(error):
            raise
        raise FitError(TOO_LITTLE) from error


def free_bytes(device: torch.device) -> int:
    """Memory that tensors on this accelerator can still take, what torch has set aside included."""
    if device.type == "cuda":
        unused = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
        return torch.cuda.mem_get_info(device)[0] + unused
    if device.type == "mps":
        return torch.mps.recommended_max_memory() - torch.mps.current_allocated_memory()
    return 2**30  # a processor: more at once than this gains nothing


def in_batches(count: int, size: int, work: Callable[[slice], None]) -> Iterator[int]:
    """Call `work` on slices that cover range(count), halved when memory runs out; yields how much of it is done.

    Raises FitError when not even a single item fits.
    """
    first, size = 0, max(1, min(size, count))
    while first < count:
        try:
            work(slice(first, min(first + size, count)))
        except RuntimeError as error:
            if not is_out_of_memory(error):
                raise
            if size == 1:
                raise FitError(TOO_LITTLE) from error
            size //= 2
            _give_back()
        else:
            first = min(first + size, count)
            yield first


def is_out_of_memory(error: RuntimeError) -> bool:
    """Whether an accelerator had no memory left; only CUDA has a type for it, cuFFT and Apple's say it in words."""
    words = str(error).lower()
    return isinstance(error, torch.OutOfMemoryError) or "out of memory" in words or "alloc_failed" in words


def _give_back() -> None:
    """Return what torch has set aside to the device, so that a smaller batch finds it in one piece."""
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    if torch.backends.mps.is_available():
        torch.mps.empty_cache()
