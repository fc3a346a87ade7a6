// Keys of the page: each stands on its button as aria-keyshortcuts. Only keys that are the same on
// every keyboard layout: F-keys, and Alt with the physical key. F1 lists them.
document.addEventListener("keydown", (event) => {
  if (event.repeat || event.ctrlKey || event.metaKey) return;
  const name = event.altKey ? `Alt+${event.code.replace(/^Key/, "")}` : event.key;
  if (!/^(F\d+|Alt\+[A-Z])$/.test(name)) return;
  const layer = document.querySelector("dialog[open]") ?? document;
  const button = layer.querySelector(`[aria-keyshortcuts="${name}"]`);
  if (!button && name !== "F1") return;
  event.preventDefault();
  if (!button) list(document.getElementById("keys"));
  else if (button.matches("input, select, textarea")) button.focus();
  else button.click();
});

function list(dialog) {
  if (dialog.open) return dialog.close();
  const rows = ["F1", ...document.querySelectorAll("[aria-keyshortcuts]")].flatMap((each) => {
    const [key, name] = [document.createElement("dt"), document.createElement("dd")];
    key.append(document.createElement("kbd"));
    key.firstChild.textContent = each.ariaKeyShortcuts ?? each;
    name.textContent = each.ariaKeyShortcuts ? said(each) : dialog.querySelector("h2").textContent;
    return [key, name];
  });
  dialog.querySelector("dl").replaceChildren(...rows);
  dialog.showModal();
}

function said(button) {
  return button.ariaLabel ?? button.labels?.[0]?.textContent ?? button.innerText.replace(/\s*(F\d+|Alt\+\S)$/, "");
}
