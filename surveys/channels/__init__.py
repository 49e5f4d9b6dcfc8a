"""The channels: one driver a file, opened by its address, and what they carry."""
