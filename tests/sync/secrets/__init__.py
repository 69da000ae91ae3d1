"""The vault and the change of its key, killed in the middle too."""
