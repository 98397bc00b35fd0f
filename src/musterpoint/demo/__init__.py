"""The demo: a whole incident on this machine, from the declaration to the public post."""
