"""How an account signs in: with a password or in the browser; certificates; unlocking passwords.

Wizard and preferences share it, so it imports neither; it may import `forms` and what stands below.
"""
