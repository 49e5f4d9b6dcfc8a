"""Campaigns: one version of an edition to many providers, their progress, sessions and reminders."""
