"""Training: false calls on the true screen."""
