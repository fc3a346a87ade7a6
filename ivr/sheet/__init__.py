"""Tables that people hand in as CSV: from spreadsheets, CRMs and billing, however they were saved.

What is harmless is passed over and noted (``Notes``); everything else is a fault with its line and
column (``Faults``), and nothing is taken then. No rule of the operator is here: what a cell may
say is checked by who asks for the table.
"""
