"""Reading what providers send, line by line, before anything touches the database."""
