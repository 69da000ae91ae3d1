"""The sample mailbox that `python3 dev.py demo` opens, and the server it lies on."""
