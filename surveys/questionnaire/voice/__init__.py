"""A questionnaire by automatic telephone: what the voice says, what each key does, the markup of a carrier."""
