"""The windows: read the store, ask the service, never talk to a server."""
