"""What is known of the accounts, the words for it, and the bars and the line that show it.

May import `widgets`, `style` and `runtime`, but no pane and not `commands`.
"""
