"""How an account signs in: password, certificate or browser, and the dialog that unlocks passwords.

Wizard and preferences share it, so it imports neither; it may import `forms` and what stands below.
"""
