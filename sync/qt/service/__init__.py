"""`MailService`, through which the window uses all threads, and the threads behind it.

It may import `worker`, `probes` and `threads`, and everything in `sync` outside `qt`.
"""
