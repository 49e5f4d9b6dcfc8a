"""What a provider reads of its clients' answers, and of the messages that ask for them."""
