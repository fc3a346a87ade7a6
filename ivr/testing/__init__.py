"""Fakes with state for every port: used by tests and by "try this flow"."""
