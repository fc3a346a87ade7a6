// One stream of events for all pages of this browser. The page that holds the lock reads it and
// tells the others. A page that has heard nothing for a while says so, and loads its parts again
// when the stream is back.
import htmx from "./htmx.js";
import { ask } from "./login.js";

const SILENCE = 12_000; // milliseconds; the server gives a sign each 4 s
const BREAK = 3_000; // a stream that has ended is open again before
const bar = document.getElementById("connection");
const others = new BroadcastChannel("desk-live");
let source = null;
let last = document.body.dataset.live;
let heard = Date.now();
let isLost = false;

if (document.body.dataset.live) {
  others.onmessage = (event) => receive(event.data);
  navigator.locks.request("desk-live", () => new Promise(open));
  setInterval(look, 1000);
  document.addEventListener("live:again", open);
}

function open() {
  source?.close();
  source = new EventSource(`/live?last=${last}`);
  for (const kind of ["begin", "change", "reload", "sign", "ended"]) {
    source.addEventListener(kind, (event) => {
      const message = { kind, topic: JSON.parse(event.data).topic, id: event.lastEventId };
      others.postMessage(message);
      receive(message);
    });
  }
  source.onerror = () => source.readyState === EventSource.CLOSED && setTimeout(open, 2000);
}

function receive({ kind, topic, id }) {
  heard = Date.now();
  last = id || last;
  if (kind === "ended") {
    source?.close();
    ask("/login/again");
    return;
  }
  if (isLost) show(false);
  if (kind === "change") htmx.trigger(document.body, `live:${topic}`);
  if (kind === "reload") loadAll();
}

function look() {
  const isOpen = source?.readyState === EventSource.OPEN;
  const silence = Date.now() - heard;
  if (!isLost && silence > (source && !isOpen ? BREAK : SILENCE)) show(true);
  if (isOpen && silence > SILENCE) open();
}

function show(lost) {
  isLost = lost;
  bar.hidden = false;
  bar.className = lost ? "bar bar-warn" : "bar bar-good";
  bar.querySelector("p").textContent = lost ? bar.dataset.lost : bar.dataset.back;
  if (lost) return;
  loadAll();
  setTimeout(() => isLost || (bar.hidden = true), 3000);
}

export function loadAll() {
  const topics = new Set([...document.querySelectorAll("[data-topic]")].map((part) => part.dataset.topic));
  for (const topic of topics) htmx.trigger(document.body, `live:${topic}`);
}
