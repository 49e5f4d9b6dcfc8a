"""What happened, counted: statistics, protection, catalogue; measures leave this package, answers never."""
