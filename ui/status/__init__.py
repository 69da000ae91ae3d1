"""The state of the accounts: facts, sentences, and the bars and the status line that show them.

May import `widgets`, `style` and `runtime`, but no pane and not `commands`.
"""
