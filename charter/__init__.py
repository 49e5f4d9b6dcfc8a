"""Commitments of the quality charter."""
