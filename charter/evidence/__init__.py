"""Evidence: documents and links that prove criteria, in every edition that asks for them."""
