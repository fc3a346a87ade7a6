// Keys of the page: each stands on its button as aria-keyshortcuts. Only keys that are the same on
// every keyboard layout: F-keys, Alt with the physical key, and digits outside of fields. F1 lists
// them.
const TYPED = "input:not([type=radio], [type=checkbox]), select, textarea";

document.addEventListener("keydown", (event) => {
  if (event.repeat || event.ctrlKey || event.metaKey) return;
  const name = event.altKey ? `Alt+${event.code.replace(/^Key/, "")}` : event.key;
  if (!/^(F\d+|Alt\+[A-Z]|\d)$/.test(name)) return;
  if (/^\d$/.test(name) && event.target.matches(TYPED)) return;
  const layer = document.querySelector("dialog[open]") ?? document;
  const buttons = [...layer.querySelectorAll(`[aria-keyshortcuts="${name}"]`)];
  const button = buttons.find((each) => each.checkVisibility({ visibilityProperty: true }) && !each.disabled) ?? buttons[0];
  if (!button && name !== "F1") return;
  event.preventDefault();
  if (!button) list(document.getElementById("keys"));
  else if (button.matches(TYPED)) button.focus();
  else button.click();
});

function list(dialog) {
  if (dialog.open) return dialog.close();
  const buttons = [...document.querySelectorAll("[aria-keyshortcuts]")].filter((each) => each.checkVisibility());
  const rows = ["F1", ...buttons].flatMap((each) => {
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
  return button.ariaLabel ?? button.labels?.[0]?.textContent ?? button.innerText.replace(/\s*(F\d+|Alt\+\S|Enter|\d)$/, "");
}
