"""The editions at hand: listed, taken away as files, and a file checked before it is published."""
