"""A questionnaire by automatic telephone: what the voice says, what keys do, the markup of a carrier."""
