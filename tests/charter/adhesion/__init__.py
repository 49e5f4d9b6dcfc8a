"""Tests of the adhesion."""
