"""sync/engine/mailboxes."""
