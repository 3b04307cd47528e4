"""`python -m pasti`."""

from pasti.cli import main

main()
