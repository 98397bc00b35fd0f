"""The rules. Standard library only: no clock, no database, no network; everything is passed in."""
