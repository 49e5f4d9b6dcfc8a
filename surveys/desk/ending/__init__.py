"""How a call ends, and all that follows from it."""
