"""What is looked at on every page: accessibility, what runs over its edge."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, ViewportSize

RULES = """
async (only) => {
  const options = { resultTypes: ["violations"], ...(only && { runOnly: only }) };
  const found = await axe.run(document, options);
  const told = (node) => `${node.html} ${node.any[0]?.message ?? ""}`;
  return found.violations
    .filter((each) => ["serious", "critical"].includes(each.impact))
    .map((each) => `${each.id}: ${each.nodes.map(told).join(" | ")}`);
}
"""
ZOOMED: ViewportSize = {"width": 640, "height": 360}
"""The laptop's window at 200 % zoom."""
OVER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def problems(page: Page, axe: Path, only: list[str] | None = None) -> list[str]:
    """What axe finds serious or critical; ``only``: by these rules."""
    if not page.evaluate("'axe' in window"):
        # A script in the page is against its content policy; one of the browser's own is not.
        page.evaluate(axe.read_text("utf-8"))
    found: list[str] = page.evaluate(RULES, only)
    if page.evaluate(OVER):
        found.append("the page is wider than the window")
    return found


def looks_well(page: Page, axe: Path) -> None:
    """Look at the present state of a page in light, in dark and at 200 % zoom."""
    found = problems(page, axe)
    page.emulate_media(color_scheme="dark")
    found += problems(page, axe, ["color-contrast"])
    page.emulate_media(color_scheme="light")
    size = page.viewport_size
    assert size is not None
    page.set_viewport_size(ZOOMED)
    if page.evaluate(OVER):
        found.append("at 200 % zoom the page is wider than the window")
    page.set_viewport_size(size)
    assert not found, "\n".join(found)
