"""Simulated calls in memory, also for unpublished content. Nothing is stored or sent."""
