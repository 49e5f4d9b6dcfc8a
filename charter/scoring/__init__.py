"""What an assessment is worth: rules by name and version, checked answers, results that are issued (pure)."""
