"""Tests of surveys.channels."""
