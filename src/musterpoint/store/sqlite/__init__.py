"""Django's SQLite, with a queue for the threads of one process that write."""
