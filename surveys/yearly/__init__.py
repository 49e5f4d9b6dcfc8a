"""Once a year, each client who is still visited is asked about the year, apart from any visit."""
