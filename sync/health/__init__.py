"""The health of an account: findings about it and its servers, and the text for support.

It may import `session` and what lies below it, and neither `engine` nor `smtp`.
"""
