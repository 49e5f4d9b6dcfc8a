"""Who is called next, by whom, and whose hands a call is in."""
