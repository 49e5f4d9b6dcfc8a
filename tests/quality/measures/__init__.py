"""Tests of quality.measures."""
