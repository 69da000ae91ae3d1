"""The left pane: what there is to show, with its counts."""
