"""Operating system: file rights, process hardening, node ids, printable text, threads."""
