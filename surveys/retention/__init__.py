"""What surveys keep for a time: messages and calls, words, answers; and whose name serves still."""
