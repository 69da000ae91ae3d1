"""The sample mailbox that `python3 dev.py demo` opens, and its server."""
