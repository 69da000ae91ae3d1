"""Passphrases that are stretched less, in the tests alone: the product takes half a second each.

`tests/sync/secrets/test_vault.py` holds what the product does. A process that a test starts calls
`make_quick` as well, else neither could open what the other locked.
"""

from __future__ import annotations

from sync.secrets import vault

PRODUCT_COST = vault.SCRYPT_COST
QUICK_COST = 2**8


def make_quick() -> None:
    """From now on, in this process."""
    vault.SCRYPT_COST = QUICK_COST
