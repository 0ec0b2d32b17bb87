import numpy as np
import pytest
import torch

from difffit_core.errors import FitError
from difffit_core.fit.kernels import torch_kernel
from difffit_core.fit.kernels.device_memory import LastUpload, in_batches, upload
from difffit_core.fit.kernels.evaluate import numba_backend
from difffit_core.fit.kernels.torch_kernel import TorchKernel
from tests.fit.kernels.cases import field, largest_difference, poses_in_and_out, probes


@pytest.mark.parametrize("objective", probes())
@pytest.mark.parametrize("gradient", [False, True])
@pytest.mark.parametrize("points_at_once", [50, 500, 20_000], ids=["split probe", "some poses", "all at once"])
def test_torch_sums_equal_those_of_numba(objective, gradient, points_at_once, monkeypatch):
    monkeypatch.setattr(torch_kernel, "CACHED_POINTS", points_at_once)
    assert largest_difference(TorchKernel("cpu"), numba_backend, probes()[objective], gradient) < 1e-4


@pytest.mark.parametrize("points_at_once", [20, 1000])
def test_batches_as_on_an_accelerator_give_the_same_sums(points_at_once, monkeypatch):
    monkeypatch.setattr(torch_kernel, "DEVICE_POINTS", points_at_once)
    kernel = TorchKernel("cpu")
    kernel.on_cores = False
    assert largest_difference(kernel, numba_backend, probes()["correlation"], True) < 1e-4


def test_the_same_call_gives_the_same_bits():
    kernel, case = TorchKernel("cpu"), (field(), probes()["correlation"], poses_in_and_out(), True)
    np.testing.assert_array_equal(kernel(*case), kernel(*case))


def test_no_poses_give_no_sums():
    assert TorchKernel("cpu")(field(), probes()["density"], poses_in_and_out()[[]], True).shape == (0, 21)


def test_an_array_is_uploaded_once_and_a_changed_one_again():
    uploaded = LastUpload(torch.device("cpu"))
    first = np.arange(3.0)
    assert uploaded(first) is uploaded(first)
    assert uploaded(first + 1).tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory."),
        RuntimeError("MPS backend out of memory (MPS allocated: 5 GB)"),
        RuntimeError("cuFFT error: CUFFT_ALLOC_FAILED"),
    ],
)
def test_out_of_memory_halves_the_batch_and_leaves_nothing_out(error):
    done: list[int] = []

    def work(part: slice) -> None:
        if part.stop - part.start > 3:
            raise error
        done.extend(range(part.start, part.stop))

    # 16, 8 and 4 were too many
    assert list(in_batches(20, 16, work)) == list(range(2, 21, 2))
    assert done == list(range(20))


def test_a_map_that_does_not_fit_at_all_is_a_sentence():
    def work(part: slice) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    with pytest.raises(FitError, match="--device cpu"):
        list(in_batches(5, 4, work))


def test_a_map_larger_than_the_card_is_a_sentence(monkeypatch):
    def full(array: np.ndarray) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 80.00 GiB.")

    monkeypatch.setattr(torch, "from_numpy", full)
    with pytest.raises(FitError, match="--device cpu"):
        upload(np.zeros(3), torch.device("cpu"))


def test_other_failures_are_not_taken_for_missing_memory():
    def work(part: slice) -> None:
        raise RuntimeError("shape mismatch")

    with pytest.raises(RuntimeError, match="shape mismatch"):
        list(in_batches(5, 4, work))
