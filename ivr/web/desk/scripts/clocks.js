// Clocks that run by themselves from what the server said: <run-clock> forward, <left-bar> backward.
class RunClock extends HTMLElement {
  static observedAttributes = ["data-at"];

  attributeChangedCallback() {
    this.begun = performance.now();
    this.show();
  }

  connectedCallback() {
    this.timer = setInterval(() => this.show(), 250);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  get passed() {
    return (performance.now() - this.begun) / 1000;
  }

  show() {
    const seconds = Math.floor(Number(this.dataset.seconds) + this.passed);
    const two = (number) => String(number).padStart(2, "0");
    const minutes = Math.floor(seconds / 60);
    const text = minutes < 60
      ? `${minutes}:${two(seconds % 60)}`
      : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
    if (this.textContent !== text) this.textContent = text;
  }
}

class LeftBar extends RunClock {
  get left() {
    return Math.max(0, Number(this.dataset.seconds) - this.passed);
  }

  show() {
    const bar = this.querySelector("progress");
    if (!bar) return;
    bar.value = this.left;
    this.querySelector("span").textContent = Math.ceil(this.left);
  }
}

customElements.define("run-clock", RunClock);
customElements.define("left-bar", LeftBar);
