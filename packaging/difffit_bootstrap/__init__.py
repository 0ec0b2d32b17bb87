"""Makes the private environment and runs DiffFit's tasks in it: Python's standard library only."""
