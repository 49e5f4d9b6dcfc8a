"""What a published figure may show: statuses, the lattice, suppression, and the audit of a release (pure)."""
