"""`MailService`, the one front of all threads for the window, and the threads behind it.

It may import `worker`, `probes` and `threads`, and everything in `sync` outside `qt`.
"""
