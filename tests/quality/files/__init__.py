"""Tests of quality.files."""
