"""What a report finds, and what the text for support leaves out."""
