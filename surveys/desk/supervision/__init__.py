"""The supervisor of the phone desk: what waits, what was referred, what is reviewed, tomorrow's agents."""
