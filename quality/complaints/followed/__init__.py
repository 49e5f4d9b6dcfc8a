"""A complaint followed by its own client, by a link and without login: /suivi/{token}."""
