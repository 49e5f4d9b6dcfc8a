"""Whom to ask, when and how, and what they said."""
