"""Asterisk: AGI dialogue, management link, call server, configuration, fax."""
