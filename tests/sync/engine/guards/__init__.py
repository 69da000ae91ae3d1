"""One test for each guard that no other test holds alone."""
