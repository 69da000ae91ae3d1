"""Mail: messages, their bodies, and the conversations they form. Imports `records` and all below."""
