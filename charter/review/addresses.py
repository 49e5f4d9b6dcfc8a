"""Where the pages of the adhesion and of the review are."""

ADHESION = "/charte/adhesion"
FILES = "/charte/dossiers"
