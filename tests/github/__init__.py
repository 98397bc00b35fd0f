"""The fake GitHub: a server with a state of its own, for tests; `github.py` is the index of what it offers."""
