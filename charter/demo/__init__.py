"""The charter in the demonstration: what providers declare, show, do, and where their adhesion stands."""
