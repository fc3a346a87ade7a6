"""What is served over HTTP: the server itself, and health and metrics."""
