"""The customer-service voice line of a mobile operator: menus, identification, services, agents."""

import os

VERSION = "0.2.0"

os.environ["OPENBLAS_NUM_THREADS"] = "1"
"""A thread that numpy starts when it is imported would take signals that the first thread waits
for, and end the process: SIGHUP and SIGTERM of ``ivr line``, and the end of its workers."""
