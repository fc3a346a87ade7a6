"""Read CSV tables from spreadsheets, CRMs and billing systems, in whatever form they were saved.

Harmless deviations are ignored and noted (``Notes``). Everything else is a fault with its line and
column (``Faults``), and then nothing is imported. This package has no business rules: the module
that reads a table checks the meaning of its cells.
"""
