"""The action plan: what gaps ask for, who does it until when, and what was measured before and after."""
