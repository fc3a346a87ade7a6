"""The desk: pages for agents, editors, clerks and administrators, on one address.

``app`` builds the application. Pages ask and show; every rule is in ``care``, ``staff`` and
``contacts``.
"""
