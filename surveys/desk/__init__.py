"""The phone desk: a queue of calls, the script and the answers typed."""
