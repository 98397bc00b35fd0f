"""Measurements: `python -m bench NAME` prints figures beside their targets."""
