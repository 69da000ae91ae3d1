"""The windows: they read the store, ask the service, and never talk to a server.

May import `sync` (but not its engine, session and MIME code) and `models`; nothing imports `ui` but
`app`.
"""
