"""Takes in what the server has and the store lacks: new mail, past mail, flags, renumbered UIDs.

It may import `mailboxes`, `fetch`, `context` and `quarantine`, and none of its neighbours.
"""
