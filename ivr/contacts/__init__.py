"""Calls with agents: seats, states, cards, wrap-up, hand-back."""
