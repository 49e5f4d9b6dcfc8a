"""Tests of surveys.respond."""
