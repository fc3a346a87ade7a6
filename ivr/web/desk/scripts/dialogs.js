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

// A question before a request: in our own dialog, in the language of the page.
document.addEventListener("htmx:confirm", (event) => {
  const { question, issueRequest } = event.detail;
  if (!question) return;
  event.preventDefault();
  const box = document.getElementById("confirm");
  box.querySelector("h2").textContent = question;
  box.returnValue = "";
  box.onclose = () => box.returnValue && issueRequest(true);
  box.showModal();
});
