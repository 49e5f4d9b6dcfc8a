"""Tests of the automatic voice."""
