"""What the command ``ivr`` does, one file per group of commands."""
