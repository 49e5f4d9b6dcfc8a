"""Tests of quality.measures.visits."""
