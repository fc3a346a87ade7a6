"""The operator's content: files, review, publishing, simulated calls."""
