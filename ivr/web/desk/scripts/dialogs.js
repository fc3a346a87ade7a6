// The dialog of a page: the server fills it, and closes it when its work is done.
import { loadAll } from "./live.js";
import { tell } from "./requests.js";

const dialog = document.getElementById("dialog");

document.addEventListener("htmx:afterSwap", ({ detail: { target } }) => {
  if (target === dialog && !dialog.open) dialog.showModal();
});
document.addEventListener("done", ({ detail: { said } }) => {
  dialog?.close();
  tell(said, "good");
  loadAll();
});
document.addEventListener("changed", loadAll);
document.addEventListener("closed", () => {
  dialog?.close();
  loadAll();
});
dialog?.addEventListener("close", () => dialog.replaceChildren());
