"""In the processes of a line that a test looks into: their open files can be listed.

Outside of tests only root may (``ivr.system.hardening``); who runs the tests may be an ordinary
user.
"""

from ivr.system import hardening

hardening.close_memory = lambda: None
