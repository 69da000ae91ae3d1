"""What the design promises about speed, measured: `python3 dev.py bench`."""
