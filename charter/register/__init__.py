"""The public register of adhesions, and the badge that anybody can verify."""
