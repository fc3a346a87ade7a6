"""What goes over the wire, in the words of the TM Forum's Open APIs: a module for each API."""
