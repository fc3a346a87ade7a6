"""The customer-service voice line of a mobile operator: menus, identification, services, agents."""

import os

VERSION = "0.2.0"

os.environ["OPENBLAS_NUM_THREADS"] = "1"
"""Keeps numpy from starting a thread at import. Such a thread would receive the signals that the
main thread waits for (SIGHUP and SIGTERM of ``ivr line``, the end of its workers), and they would
end the process."""
