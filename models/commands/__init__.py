"""Commands: what the user did, each durable at once. Imports every other package of `models`."""
