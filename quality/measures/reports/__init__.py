"""What is published of one population, as files that leave the house: sheets, data packages, documents."""
