"""The benchmark: known placements found again by `difffit fit`, with time and memory (`python -m tests.bench`)."""
