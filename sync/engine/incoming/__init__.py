"""What the server has that the store lacks: new mail, past mail, flags, renumbered mailboxes.

It may import `mailboxes`, `fetch`, `context` and `quarantine`, and none of its neighbours.
"""
