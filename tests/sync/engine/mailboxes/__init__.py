"""Roles of mailboxes, and a Trash that appears later."""
