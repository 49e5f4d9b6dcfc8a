"""Tests of the surveys."""
