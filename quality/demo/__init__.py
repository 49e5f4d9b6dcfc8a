"""The demonstration: a small synthetic world on a virtual clock, said to be synthetic on every page."""
