"""News of their own complaint to clients, and the question whether it is settled: by message or by a call."""
