"""Trust: what waits for servers, what the brake holds, and why every mail is where it is."""
