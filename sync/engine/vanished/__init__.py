"""Mail that a mailbox has no longer: the absence proven, judged, and carried out in the store.

It may import `mailboxes`, `fetch`, `context` and `judge`, and none of its neighbours.
"""
