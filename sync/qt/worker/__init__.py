"""Syncs one account in its own thread: runs the engine's steps, waits in IDLE, backs off.

It may import `threads` and all of `sync` outside `qt`, but neither `probes` nor `service`.
"""
