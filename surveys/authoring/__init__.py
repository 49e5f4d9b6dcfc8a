"""The editor of questionnaires: drafts, their steps, what each occasion asks, and voices."""
