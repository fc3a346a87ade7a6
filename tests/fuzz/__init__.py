"""Everything that a stranger can hand in, tried with what was never meant.

A gate is a function of bytes behind which a reader of ours stands: it ends, and raises only if the
reader raised what is no error of ours, or let through what its room cannot hold. Gates are in
``calls`` (AGI, the telephone, AMI), ``messages`` (SMPP, both ends), ``files`` (CSV, YAML, settings,
a call's checkpoint), ``network`` (what the operator's network answers) and ``web`` (the HTTP
servers); ``targets`` names them all, with good examples. They are tried in two depths:

- by every ``make test``: ``test_targets`` spoils the examples (hypothesis, the same in every run),
  the other tests know the formats, and hold what was found once;
- by ``make fuzz``: atheris follows the code's branches, a minute a target; see docs/operations.md.

A new server or reader is a gate and an entry in ``targets``; of an HTTP server it is enough to add
it to ``web.SURFACES`` and a gate of two lines.
"""
