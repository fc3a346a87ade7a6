"""Names of browsers for people, from their ``User-Agent``."""

from __future__ import annotations

import re

BROWSERS = (
    ("Edge", r"Edg(?:A|iOS)?/(\d+)"),
    ("Yandex", r"YaBrowser/(\d+)"),
    ("Opera", r"OPR/(\d+)"),
    ("Firefox", r"(?:Firefox|FxiOS)/(\d+)"),
    ("Chrome", r"(?:HeadlessChrome|Chrome|CriOS)/(\d+)"),
    ("Safari", r"Version/(\d+).*Safari"),
)
"""In the order in which they are looked for: most name others too."""
SYSTEMS = (
    ("Android", r"Android"),
    ("iOS", r"iPhone|iPad"),
    ("Windows", r"Windows"),
    ("macOS", r"Mac OS X"),
    ("Linux", r"Linux|X11"),
)


def browser_name(agent: str) -> str:
    """Return ``Firefox 145, Windows``; the beginning of the text if nothing of it is known."""
    found = ((name, re.search(form, agent)) for name, form in BROWSERS)
    browser = next((f"{name} {match[1]}" for name, match in found if match), "")
    system = next((name for name, form in SYSTEMS if re.search(form, agent)), "")
    return ", ".join(filter(None, (browser, system))) or agent[:40] or "–"


def browser_kind(agent: str) -> str:
    """Return whose words say where the permissions are: ``firefox``, ``safari`` or ``chromium``."""
    name = browser_name(agent).partition(" ")[0]
    return {"Firefox": "firefox", "Safari": "safari"}.get(name, "chromium")
