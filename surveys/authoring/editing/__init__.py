"""The draft of a questionnaire: its steps, its pages, what is wrong in it, its publication."""
