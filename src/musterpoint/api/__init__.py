"""The API: everything that the pages can do, for programs. Translates, calls one action, answers."""
