"""`python -m quality` is the command line."""

from quality.cli import main

main()
