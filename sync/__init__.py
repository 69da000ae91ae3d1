"""Everything that talks to a server. Plain Python; Qt only in `sync.qt`."""
