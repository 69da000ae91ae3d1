"""Operations: what the user did here, carried out on the server so that no mail is lost.

It may import `mailboxes`, `fetch`, `context` and `judge`, and none of its neighbours.
"""
