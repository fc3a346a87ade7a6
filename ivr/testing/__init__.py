"""Stateful fakes for every port, used by tests and by "try this flow"."""
