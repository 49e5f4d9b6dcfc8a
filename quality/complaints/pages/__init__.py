"""The pages of complaints for the staff, providers and funders."""
