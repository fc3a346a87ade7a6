"""One module for each process of the line."""
