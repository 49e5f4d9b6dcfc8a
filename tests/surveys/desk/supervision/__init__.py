"""Tests of the supervisor of the desk."""
