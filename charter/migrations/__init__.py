"""Migrations of the charter."""
