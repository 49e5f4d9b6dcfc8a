"""What is wrong in an edition: its structure, how it counts, what it says of other editions."""
