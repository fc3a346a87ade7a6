"""Builds the adapters. Only this package knows all of them."""
