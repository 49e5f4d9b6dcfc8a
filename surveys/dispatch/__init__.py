"""Due attempts: their texts, their links and their sending."""
