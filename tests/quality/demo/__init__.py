"""Tests of the demonstration: its story, its clock and its doors."""
