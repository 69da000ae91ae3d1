"""How much past mail to fetch: the choices, the counts beside them, and the dialog for later.

The preferences use it too. May import `sign_in`, but not the wizard.
"""
