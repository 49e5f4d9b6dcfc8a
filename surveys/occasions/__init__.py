"""Every visit with the decision taken on it: the months, the story of one, the coverage of providers."""
