"""The life of a convention: drafted, proposed, signed, in force, ended, evaluated, renewed elsewhere."""
