"""The worker of one account: steps of the engine, waiting, back-off, in a thread of its own.

It may import `threads` and all of `sync` outside `qt`, and neither `probes` nor `service`.
"""
