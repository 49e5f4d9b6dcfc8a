"""A result beside the provider's last issued one, and beside the medians of strictly anonymous peers."""
