"""Calls in memory, on content that need not be published: nothing is stored or sent."""
