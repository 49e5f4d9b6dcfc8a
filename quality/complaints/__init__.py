"""Signal, the client's wish, complaint, promise, remedy and verdict."""
