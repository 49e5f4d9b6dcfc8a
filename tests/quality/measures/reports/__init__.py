"""Tests of quality.measures.reports."""
