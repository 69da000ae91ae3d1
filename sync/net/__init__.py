"""sync/net."""
