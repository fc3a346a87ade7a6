"""The dialogue, its nodes and the engine that runs them. No adapter is imported here."""
