"""Flows with several accounts side by side: options, labels, trouble, removal."""
