"""Tests of what the demonstration tells of the charter."""
