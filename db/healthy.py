#!/usr/bin/python3
"""In a container: exit 0 if the process at the setting that is named says that it is ready.

Plain Python without our packages, since it is started every few seconds.
"""

import os
import sys
import urllib.request

# Ignore proxies set in the environment: the process runs on this machine.
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
opener.open(f"http://{os.environ[sys.argv[1]]}/health/ready", timeout=5)
