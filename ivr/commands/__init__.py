"""The commands of ``ivr``, one module per group."""
