"""How an account fares: findings about the account and its servers, and the text for support.

It may import `session` and what lies below it, and neither `engine` nor `smtp`.
"""
