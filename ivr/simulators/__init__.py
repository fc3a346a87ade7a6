"""Stand-ins for the operator's network and message centre."""
