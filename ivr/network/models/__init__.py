"""Resources of the TM Forum Open APIs: one module for each API."""
