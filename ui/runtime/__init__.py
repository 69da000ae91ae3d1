"""Guards of the running program: garbage collection in the GUI thread, and the crash log.

The lowest layer of `ui`: it imports no other package of `ui`.
"""
