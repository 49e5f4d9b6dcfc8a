"""The adhesion to the charter: its term, its warnings, its suspension, the appeal and the renewal."""
