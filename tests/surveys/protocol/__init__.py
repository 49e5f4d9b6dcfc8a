"""Tests of the contact protocol."""
