"""The middle pane: a list of conversations."""
