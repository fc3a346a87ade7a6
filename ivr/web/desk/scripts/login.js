// A session that has ended: the login comes as a dialog over the page, and then the refused request
// is sent again. So nothing that was typed is lost.
import htmx from "./htmx.js";

let refused = null;

document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status !== 401) return;
  refused = event.detail.elt;
  askAgain();
});

// The server sends this event with the answer to a successful login.
document.addEventListener("logged-in", () => {
  const dialog = document.getElementById("login");
  if (!dialog) return;
  dialog.close();
  dialog.remove();
  document.dispatchEvent(new Event("live:again"));
  const element = refused;
  refused = null;
  if (element?.isConnected) htmx.trigger(element, element.tagName === "FORM" ? "submit" : "click");
});

export async function askAgain() {
  if (document.getElementById("login")) return;
  const dialog = document.createElement("dialog");
  dialog.id = "login";
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  document.body.append(dialog);
  await htmx.ajax("GET", "/login/again", { target: dialog, swap: "innerHTML" });
  if (!dialog.open) dialog.showModal();
}
