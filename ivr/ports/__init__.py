"""Ports: narrow protocols for everything that the core needs from outside.

There is one file per family of adapters. Every port has a real adapter (telephony, store, network,
speech) and an in-memory one in ``ivr.testing``; one contract test class runs on both.

Any method may raise TemporarilyUnavailable. Methods of Telephone may raise CallerHungUp.
"""
