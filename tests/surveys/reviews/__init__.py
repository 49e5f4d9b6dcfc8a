"""Tests of what a provider reads of its clients' answers."""
