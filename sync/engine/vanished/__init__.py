"""Mail that is missing from a mailbox: proves the absence, judges it, and carries out the verdict.

It may import `mailboxes`, `fetch`, `context` and `judge`, and none of its neighbours.
"""
