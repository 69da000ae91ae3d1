"""The wizard that adds an account, and the dialog that unlocks the passwords."""
