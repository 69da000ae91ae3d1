"""Make scrypt cheap in tests; with the product's cost each passphrase takes half a second.

`tests/sync/secrets/test_vault.py` tests the product's own cost. A process that a test starts must
call `make_quick` too, or neither process can open what the other one sealed.
"""

from __future__ import annotations

from sync.secrets import vault

PRODUCT_COST = vault.SCRYPT_COST
QUICK_COST = 2**8


def make_quick() -> None:
    """Use the cheap cost in this process from now on."""
    vault.SCRYPT_COST = QUICK_COST
