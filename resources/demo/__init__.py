"""The sample mailbox that `python3 dev.py demo` opens, and its server.

May import everything, `app` included; nothing imports it but the tests. It is not shipped.
"""
