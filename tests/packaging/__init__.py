"""Tests of the bootstrap: pure functions, no network, no installation."""
