"""Tests of surveys.questionnaire."""
