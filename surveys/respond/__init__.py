"""What respondents write back and the pages on which they answer."""
