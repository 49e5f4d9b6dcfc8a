"""The charter as a convention that names it reads it: from the public register and published facts alone."""
