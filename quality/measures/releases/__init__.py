"""Releases: periods, what is folded from cells, what is written once and verified."""
