"""The review of a submitted file: each criterion accepted, corrected or contested, and the decision."""
