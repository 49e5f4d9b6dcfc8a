"""Stored files, kept in PostgreSQL by chunks: hosts share nothing else."""
