// <passkey-button>: asks the browser for a passkey, puts the answer into its form and sends it.
class PasskeyButton extends HTMLElement {
  connectedCallback() {
    const form = this.querySelector("form");
    form.querySelector("button").addEventListener("click", () => this.ask(form));
    form.addEventListener("submit", (event) => event.submitter && event.preventDefault());
    if (!globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON) this.hidden = true;
  }

  async ask(form) {
    const tell = this.querySelector(".field-error");
    tell.hidden = true;
    try {
      const { begin, makes } = this.dataset;
      const asked = await fetch(begin, {
        method: "POST",
        headers: { "X-Desk": "1", "HX-Request": "true" },
        body: new URLSearchParams(new FormData(form)),
      });
      if (asked.status === 401) return this.again(asked.headers.get("X-Desk-Ask"));
      const { token, options } = await asked.json();
      const publicKey = JSON.parse(options);
      const credential = makes
        ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey) })
        : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey) });
      put(form, "token", token);
      put(form, "credential", JSON.stringify(credential.toJSON()));
      form.requestSubmit();
    } catch {
      tell.hidden = false;
    }
  }

  again(path) {
    const button = this.querySelector("button");
    document.dispatchEvent(new CustomEvent("desk:ask", { detail: { path, element: button } }));
  }
}

function put(form, name, value) {
  const field = form.elements.namedItem(name) ?? form.appendChild(document.createElement("input"));
  Object.assign(field, { type: "hidden", name, value });
}

customElements.define("passkey-button", PasskeyButton);
