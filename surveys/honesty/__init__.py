"""Answers that may not be the client's own: kept, counted apart with the reason, and judged by a person."""
