"""A questionnaire as each channel says it, side by side, written by what writes it to clients."""
