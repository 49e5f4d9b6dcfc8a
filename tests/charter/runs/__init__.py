"""Runs that follow another version of their edition."""
