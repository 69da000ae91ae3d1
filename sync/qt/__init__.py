"""The threads: one worker per account, the command thread, the reader, and their service.

The one package of `sync` that may import Qt, and it may import everything else in `sync`.
"""
