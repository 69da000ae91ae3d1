"""Measure the speed that the design promises: `python3 dev.py bench`."""
