// Keys of the page: each stands on its button as aria-keyshortcuts. Only keys that are the same on
// every keyboard layout: F-keys, and Alt with the physical key.
document.addEventListener("keydown", (event) => {
  if (event.repeat || event.ctrlKey || event.metaKey) return;
  const name = (event.altKey ? "Alt+" : "") + (event.altKey ? event.code.replace(/^Key/, "") : event.key);
  const layer = document.querySelector("dialog[open]") ?? document;
  const button = layer.querySelector(`[aria-keyshortcuts="${CSS.escape(name)}"]`);
  if (!button || !/^(F\d+|Alt\+[A-Z])$/.test(name)) return;
  event.preventDefault();
  if (button.matches("input, select, textarea")) button.focus();
  else button.click();
});
