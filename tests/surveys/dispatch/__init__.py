"""Tests of surveys.dispatch."""
