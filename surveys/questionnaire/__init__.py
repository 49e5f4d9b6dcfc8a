"""The questions: their definition, their wording and the logic of their answers."""
