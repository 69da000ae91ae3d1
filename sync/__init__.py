"""Everything that talks to a server or takes its mail apart. Plain Python; Qt only in `sync.qt`.

It may import `models`, and nothing of `ui`.
"""
