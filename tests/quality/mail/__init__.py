"""Tests of quality.mail."""
