"""The messages of a platform in its own words: read, checked, counted, written again, taken back."""
