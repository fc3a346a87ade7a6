"""A speech recogniser listens to the line, as a caller hears it."""
