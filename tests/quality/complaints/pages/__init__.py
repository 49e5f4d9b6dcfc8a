"""Tests of signals and complaints."""
