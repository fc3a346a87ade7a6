"""Starts, watches, replaces and ends the workers of a line."""
