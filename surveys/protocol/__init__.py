"""Whom to ask and when: protocols as data, the calendar, planning and the decision on each visit (pure)."""
