"""Workers, probes and the service in their own threads."""
