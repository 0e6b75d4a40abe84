"""The files that an import is given: a tree of them, archives, and JSON and XML read safely."""
