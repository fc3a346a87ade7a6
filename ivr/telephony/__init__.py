"""Asterisk: the AGI dialogue, the AMI link, the embedded server, a SIP phone."""
