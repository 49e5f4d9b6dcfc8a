"""Visits as measures: what each client’s month adds to the cells, exactly, whenever it changes."""
