"""Tests mirror the packages; the cross-cutting ones stand at the top."""
