"""The threads of the program: a worker per account, the command thread, the reader, the service.

Only this package of `sync` may import Qt. It may import everything else in `sync`.
"""
