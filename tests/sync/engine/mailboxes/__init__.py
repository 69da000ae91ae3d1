"""tests/sync/engine/mailboxes."""
