"""What one account's sync does, a bounded step at a time, in the thread of its worker.

It may import `session`, `connecting` and the packages below them; it knows no thread and no Qt.
"""
