"""Run in a process of its own with TRITON_INTERPRET=1: prints the largest relative difference from torch as JSON."""

import json
import sys

from difffit_core.fit.kernels import triton_kernel
from difffit_core.fit.kernels.torch_kernel import TorchKernel
from difffit_core.fit.kernels.triton_kernel import TritonKernel
from tests.fit.kernels.cases import largest_difference, probes


def main() -> None:
    """One figure per objective, number of points per program, without and with gradient."""
    found = {}
    for share in (128, 4096):
        triton_kernel.SHARE = share
        for objective, probe in probes().items():
            for gradient in (False, True):
                difference = largest_difference(TritonKernel("cpu"), TorchKernel("cpu"), probe, gradient)
                found[f"{objective} {share} {gradient}"] = difference
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
