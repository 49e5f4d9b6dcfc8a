"""What is done about a complaint, and who may: verbs, authority, promises, ends."""
