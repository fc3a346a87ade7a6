"""HTTP: the server, health and metrics."""
