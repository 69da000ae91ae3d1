"""What is looked up on a server while the user waits: sign-ins tried, servers found, mail counted.

It may import `threads` and all of `sync` outside `qt`, and neither `worker` nor `service`.
"""
