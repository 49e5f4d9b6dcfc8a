"""A questionnaire by automatic telephone: what the voice says, what keys do, and the markup of a carrier."""
