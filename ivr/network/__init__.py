"""The operator's network, which really switches services."""
