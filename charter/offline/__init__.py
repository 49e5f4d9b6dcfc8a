"""The grid of an assessment as a workbook: taken away, filled in, and brought back after a look."""
