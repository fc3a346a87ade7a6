"""Simulators of the operator's network and message centre."""
