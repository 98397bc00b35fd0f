"""Who may sign in: accounts, one-time links, tokens. What a person may do is decided by `access` and `core`."""
