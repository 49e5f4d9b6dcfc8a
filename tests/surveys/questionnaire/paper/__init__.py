"""Tests of the questionnaire on paper."""
