"""The page of one account: `page` puts one part under the other, and each part is one subject.

A part may import `part`, what the preferences share, and the wizard's `sign_in` and `past_mail`.
"""
