"""The agent's screen: the script, the panels, the keys."""
