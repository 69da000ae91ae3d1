"""Past mail and what the user asks for of it."""
