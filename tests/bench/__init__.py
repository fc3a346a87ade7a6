"""``make bench``: how fast the line is, beside Asterisk's bare dialplan, in one run."""
