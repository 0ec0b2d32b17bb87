"""The benchmark judges rightly, and what it reports can be read by others."""
