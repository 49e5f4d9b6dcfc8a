"""A protocol in plain words, its draft, what deserves attention in it, and the page that changes it."""
