"""Files, hosts and processes: rights, names, what may be printed."""
