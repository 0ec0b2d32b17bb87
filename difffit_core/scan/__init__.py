"""Use case 3: which structures of a library are in a map, and how sure that is."""
