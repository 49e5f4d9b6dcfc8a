"""Tests of quality.measures.agreements."""
