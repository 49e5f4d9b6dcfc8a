"""A questionnaire on paper: its questions numbered once, its conditions in plain words."""
