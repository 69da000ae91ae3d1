"""Tests of the vault and of changing its key, also under kill -9."""
