"""Accounts, sessions, roles and scopes: `visible(actor, Model)` is the one door."""
