// Requests of htmx: our own header against forged ones, and what happens when the server is away.
import htmx from "./htmx.js";

const problems = document.getElementById("problems");

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-Desk"] = "1";
});

for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, () => tell(problems.dataset.notSent));
}

// A part that loads itself again is no new request of the person, who still reads what was said.
// A form is never sent by the browser itself, which would put its fields into the address. A form
// that has just come is htmx's a moment later.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.hasAttribute("hx-post")) return;
  event.preventDefault();
  if (form["htmx-internal-data"]?.listenerInfos?.length) return;
  htmx.process(form);
  htmx.trigger(form, "submit");
});

document.addEventListener("htmx:beforeRequest", ({ detail: { elt } }) => elt.dataset.topic || problems.replaceChildren());

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-close], [data-open], [data-print], [data-copy]");
  if (!button) return;
  const { open, copy } = button.dataset;
  if (open) document.getElementById(open).showModal();
  else if ("print" in button.dataset) print();
  else if (copy) navigator.clipboard.writeText(document.getElementById(copy).innerText);
  else (button.closest("dialog")?.close(), button.closest("#problems")?.replaceChildren());
});

export function tell(text, kind = "bad") {
  const notice = document.createElement("p");
  notice.className = `notice notice-${kind}`;
  notice.textContent = text;
  problems.replaceChildren(notice);
  if (kind === "good") setTimeout(() => notice.remove(), 5000);
}

