// The agents' desk: <agent-desk> holds the phone, the microphone and the heartbeat of one page.
import "./clocks.js";
import { CheckIn, MICROPHONE } from "./checkin.js";
import { Softphone } from "./softphone.js";
import { Sound, isQuiet, later } from "./sound.js";

const UNHEARD = 10_000; // milliseconds of silence in a call until the agent is told
const OWN = { "X-Desk": "1", "HX-Request": "true" };

class AgentDesk extends HTMLElement {
  isHere = false; // this page has the phone
  stopRinging = null;
  lastLoud = Date.now();

  connectedCallback() {
    this.now = this.querySelector("#now");
    this.panel = this.querySelector("#check-in");
    this.elsewhere = this.querySelector("#elsewhere");
    this.bar = this.querySelector(".phone-bar");
    this.phone = new Softphone();
    for (const name of ["registered", "unregistered", "talking"]) this.phone.addEventListener(name, () => this.show());
    this.phone.addEventListener("heard", ({ detail }) => (this.querySelector("#sound").srcObject = detail));
    this.phone.addEventListener("ringing", () => this.ring());
    this.phone.addEventListener("ended", () => this.ended());
    this.phone.addEventListener("lost", ({ detail }) => this.lost(detail));
    this.addEventListener("click", ({ target }) => this.do(target.closest("[data-do]")?.dataset.do));
    this.addEventListener("input", ({ target }) => target.closest("#wrap-up") && this.typed());
    new MutationObserver(() => this.changed()).observe(this.now, { attributes: true, attributeFilter: ["data-state"] });
    addEventListener("beforeunload", (event) => this.phone.state === "talking" && event.preventDefault());
    addEventListener("online", () => this.isHere && this.again());
    setInterval(() => this.look(), 100);
    this.others = new BroadcastChannel(`desk-${this.dataset.user}`);
    this.others.onmessage = ({ data }) => this.heard(data);
    this.claim();
  }

  // One page of this browser has the phone. The others are views.
  claim(mode = { ifAvailable: true }) {
    navigator.locks.request(`desk-${this.dataset.user}`, mode, (lock) => {
      if (!lock) return this.leave();
      this.elsewhere.hidden = true;
      this.begin();
      return new Promise((release) => (this.release = release));
    });
  }

  async begin() {
    const isGone = this.now.dataset.state === "offline";
    if (isGone || !(await this.resume())) this.panel.hidden = false;
  }

  // After a reload the phone comes back without a click, if the browser lets the page listen.
  async resume() {
    const { state } = await navigator.permissions.query({ name: "microphone" }).catch(() => ({}));
    if (state !== "granted") return false;
    this.sound ??= new Sound();
    if ((await this.openMicrophone()) || (await this.phone.register())) return false;
    this.arrive();
    return true;
  }

  leave() {
    this.isHere = false;
    this.phone.stop();
    this.beats?.terminate();
    this.bar.hidden = this.panel.hidden = true;
    this.elsewhere.hidden = false;
  }

  heard(message) {
    if (message === "take" && this.release) {
      if (this.phone.session) return this.others.postMessage("busy");
      this.leave();
      this.release();
      this.release = null;
    }
    if (message === "busy") this.elsewhere.querySelector("[data-busy]").hidden = false;
  }

  async do(name) {
    if (name === "take") {
      this.others.postMessage("take");
      if (this.release) return this.begin().then(() => (this.elsewhere.hidden = true));
      this.claim({});
    }
    if (name === "check-in") this.checkIn();
    if (name === "answer") this.answer();
    if (name === "hold") this.phone.hold();
    if (name === "mute") this.phone.mute();
    if (name === "hang-up") this.phone.hangUp();
  }

  async checkIn() {
    const button = this.panel.querySelector("[data-do]");
    if (button.ariaBusy === "true") return;
    button.ariaBusy = "true";
    this.sound ??= new Sound();
    const isGood = await new CheckIn(this.panel).run(this);
    button.ariaBusy = "false";
    if (!isGood) return;
    const answer = await this.send("/desk/check-in", { key: crypto.randomUUID() });
    if (answer?.ok) this.arrive();
  }

  arrive() {
    this.isHere = true;
    this.panel.hidden = true;
    this.bar.hidden = false;
    this.beats?.terminate();
    this.beats = new Worker(this.dataset.beat, { type: "module" });
    this.beats.onmessage = () => this.beat();
    this.beat();
    this.show();
    this.load();
  }

  // Answers nothing, or why there is no microphone.
  async openMicrophone() {
    if (!navigator.mediaDevices) return "insecure";
    if (this.hasMicrophone) return null;
    try {
      this.microphone = await navigator.mediaDevices.getUserMedia(MICROPHONE);
    } catch (error) {
      return { NotAllowedError: "microphone-denied", NotFoundError: "microphone-none" }[error.name] ?? "microphone-busy";
    }
    this.meter = this.sound.meter(this.microphone);
    return null;
  }

  get hasMicrophone() {
    const track = this.microphone?.getAudioTracks()[0];
    return track?.readyState === "live" && !track.muted;
  }

  // A sign of life. The server answers what the page should show.
  async beat() {
    if (!this.hasMicrophone) this.openMicrophone();
    const answer = await this.send("/desk/beat", { microphone: this.hasMicrophone && this.phone.isRegistered });
    const light = this.querySelector('[data-light="page"]');
    light.classList.toggle("pill-good", Boolean(answer?.ok));
    light.classList.toggle("pill-bad", !answer?.ok);
    if (answer?.status === 401) this.ask(answer.headers.get("X-Desk-Ask"));
    if (answer?.ok && (await answer.json()).shown !== this.now.dataset.shown) this.load();
  }

  ask(path) {
    document.dispatchEvent(new CustomEvent("desk:ask", { detail: { path, element: null } }));
  }

  send(path, fields) {
    return fetch(path, { method: "POST", headers: OWN, body: new URLSearchParams(fields) }).catch(() => null);
  }

  load() {
    document.body.dispatchEvent(new CustomEvent("live:desk"));
  }

  ring() {
    this.stopRinging = this.sound.ring();
    this.title ??= document.title;
    document.title = `☎ ${this.dataset.ring}`;
    if (document.hidden && Notification.permission === "granted") {
      this.notice = new Notification(this.dataset.ring, { tag: "desk", requireInteraction: true });
      this.notice.onclick = () => focus();
    }
    this.load();
    this.show();
  }

  hush() {
    this.stopRinging?.();
    this.notice?.close();
    this.stopRinging = null;
    if (this.title) document.title = this.title;
  }

  answer() {
    this.hush();
    this.phone.answer(this.microphone);
  }

  ended() {
    this.hush();
    this.querySelector("#sound").srcObject = null;
    this.show();
  }

  // The phone was lost: another page has it, or the seat is to be lent anew.
  lost(why) {
    if (why === "taken") return this.leave();
    if (why === "login") return this.ask("/login/again");
    this.again();
  }

  async again() {
    if (this.isComing || this.phone.session) return;
    this.isComing = true;
    for (let pause = 1000; this.isHere && (await this.phone.register()); pause = Math.min(pause * 2, 15_000)) {
      await later(pause * (0.7 + Math.random() * 0.6));
    }
    this.isComing = false;
    this.show();
  }

  show() {
    const { state, session } = this.phone;
    if (state !== "ringing") this.hush();
    const enabled = { answer: state === "ringing", hold: state === "talking", mute: state === "talking", "hang-up": state !== "idle" };
    for (const [name, is] of Object.entries(enabled)) this.bar.querySelector(`[data-do="${name}"]`).disabled = !is;
    for (const each of this.bar.querySelectorAll("[data-talk]")) each.disabled = state !== "talking";
    this.press("hold", state === "talking" && session.isOnHold().local);
    this.press("mute", state === "talking" && session.isMuted().audio);
    const light = this.querySelector('[data-light="phone"]');
    light.classList.toggle("pill-good", this.phone.isRegistered);
    light.classList.toggle("pill-bad", !this.phone.isRegistered);
    this.dataset.phone = state;
  }

  press(name, is) {
    this.bar.querySelector(`[data-do="${name}"]`).ariaPressed = String(is);
  }

  // The level of the microphone; in a call, a silence that the caller hears.
  look() {
    if (!this.isHere || !this.meter) return;
    const { level } = this.meter;
    this.querySelector("#level").value = Math.min(1, level * 6);
    const isSpeaking = this.phone.state === "talking" && !this.phone.session.isMuted().audio;
    if (!isSpeaking || !isQuiet(level)) this.lastLoud = Date.now();
    this.querySelector("#unheard").hidden = Date.now() - this.lastLoud < UNHEARD;
  }

  // The state that the server tells is another one.
  changed() {
    const { state } = this.now.dataset;
    if (state === "wrap-up") this.now.querySelector('[data-focus] input[type="radio"]:checked')?.focus();
    if (state === "offline" && this.isHere) {
      this.isHere = false;
      this.beats?.terminate();
      this.phone.stop();
      this.bar.hidden = true;
      this.panel.hidden = false;
    }
  }

  // Who still writes gets more time.
  typed() {
    const bar = this.querySelector("left-bar");
    if (!bar || bar.left > 10 || this.isExtending) return;
    this.isExtending = true;
    this.querySelector("#extend").click();
    setTimeout(() => (this.isExtending = false), 3000);
  }

  statistics() {
    return this.phone.statistics();
  }
}

customElements.define("agent-desk", AgentDesk);
