// A refused request: the login, or the proof by a second factor, comes as a dialog over the page,
// and then the request is sent again. So nothing that was typed is lost.
import htmx from "./htmx.js";

let refused = null;

document.addEventListener("htmx:responseError", ({ detail: { xhr, elt } }) => {
  const path = xhr.getResponseHeader("X-Desk-Ask");
  if (path) ask(path, elt);
});
document.addEventListener("desk:ask", ({ detail }) => ask(detail.path, detail.element));

// The server sends this event with the answer to a successful login.
document.addEventListener("logged-in", ({ detail: { user } }) => {
  if (user !== document.body.dataset.user) return location.reload();
  const element = refused;
  giveUp();
  document.dispatchEvent(new Event("live:again"));
  if (element?.isConnected) htmx.trigger(element, element.tagName === "FORM" ? "submit" : "click");
});

document.addEventListener("click", (event) => event.target.closest("[data-give-up]") && giveUp());

export async function ask(path, element = null) {
  refused = element;
  if (document.getElementById("login")) return;
  const dialog = document.createElement("dialog");
  dialog.id = "login";
  dialog.addEventListener("cancel", giveUp);
  document.body.append(dialog);
  await htmx.ajax("GET", path, { target: dialog, swap: "innerHTML" });
  dialog.showModal();
}

function giveUp() {
  refused = null;
  document.getElementById("login")?.remove();
}
