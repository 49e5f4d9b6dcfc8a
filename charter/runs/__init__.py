"""The runs of a provider: which editions it assesses itself against, how far, and who answers what."""
