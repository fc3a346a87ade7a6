"""Builds the adapters: the only place that knows all of them."""
