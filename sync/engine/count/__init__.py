"""How much past or deleted mail the server has, counted before the user decides to fetch it.

It may import `mailboxes`, `fetch` and `context`, and none of its neighbours. The wizard imports
its plain values.
"""
