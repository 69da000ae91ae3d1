"""What the user can do: the actions, the stack that runs and undoes commands, the delete question.

May import `widgets`, `style` and `runtime`, but no pane and not `status`.
"""
