"""Short work on a server while the user waits: find servers, try a sign-in, count mail.

It may import `threads` and all of `sync` outside `qt`, but neither `worker` nor `service`.
"""
