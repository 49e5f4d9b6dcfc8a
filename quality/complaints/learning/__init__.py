"""What complaints teach: measures, the report, the monthly summary."""
