"""Keeps the workers of a line alive: starts, watches, replaces and ends them."""
