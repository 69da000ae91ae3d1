"""The wizard that adds an account: `wizard` decides, its pages ask.

May import `forms` and what stands below, `past_mail` and `sign_in`, but not the preferences.
"""
