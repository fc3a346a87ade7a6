// The SIP phone of the page: registers with the lent seat, takes one call at a time.
import JsSIP from "jssip";

JsSIP.debug.disable();

const REGISTER_MOST = 8000;
const OVER = { 4401: "login", 4403: "phone-refused", 4409: "taken", 4410: "taken" };

// Tells by events: "registered", "unregistered", "ringing", "talking", "ended", "lost" (with why).
export class Softphone extends EventTarget {
  session = null;

  // Lends a seat and registers. Answers nothing, or why it does not work.
  async register() {
    this.stop();
    const seat = await lend();
    if (seat.fault) return seat.fault;
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new JsSIP.WebSocketInterface(`${scheme}://${location.host}/phone`);
    this.host = location.hostname;
    const phone = (this.phone = new JsSIP.UA({
      sockets: [socket],
      uri: `sip:${seat.user}@${this.host}`,
      authorization_user: seat.user,
      password: seat.password,
      register_expires: 600,
      connection_recovery_min_interval: 1,
      connection_recovery_max_interval: 8,
      session_timers: false,
    }));
    phone.on("newRTCSession", ({ session, originator }) => originator === "remote" && this.take(session));
    phone.on("registered", () => this.tell("registered"));
    phone.on("unregistered", () => this.tell("unregistered"));
    phone.on("disconnected", ({ code }) => {
      this.tell("unregistered");
      if (OVER[code]) this.tell("lost", OVER[code]);
    });
    const result = new Promise((done) => {
      phone.once("registered", () => done(null));
      phone.once("registrationFailed", () => done("phone-refused"));
      phone.on("disconnected", ({ code }) => OVER[code] && done(OVER[code]));
      setTimeout(() => done("phone-away"), REGISTER_MOST);
    });
    phone.start();
    const fault = await result;
    if (!fault) phone.on("registrationFailed", () => this.tell("lost", "again"));
    return fault;
  }

  stop() {
    this.phone?.removeAllListeners();
    this.phone?.stop();
    this.phone = null;
  }

  get isRegistered() {
    return Boolean(this.phone?.isRegistered());
  }

  get state() {
    if (!this.session) return "idle";
    return this.session.isEstablished() ? "talking" : "ringing";
  }

  take(session) {
    if (this.session) return session.terminate({ status_code: 486 });
    this.session = session;
    this.hear(session);
    for (const name of ["ended", "failed"]) {
      session.on(name, () => {
        if (this.session !== session) return;
        this.session = null;
        this.tell("ended");
      });
    }
    session.on("confirmed", () => this.tell("talking"));
    for (const name of ["hold", "unhold", "muted", "unmuted"]) session.on(name, () => this.tell("talking"));
    this.tell("ringing");
  }

  answer(stream) {
    if (this.state === "ringing") this.session.answer({ mediaStream: stream, pcConfig: { iceServers: [] } });
  }

  // While one change is on its way to Asterisk, the next one waits.
  async hold() {
    const { session } = this;
    if (!session) return;
    const wanted = !session.isOnHold().local;
    for (let tries = 0; tries < 50 && this.session === session; tries += 1) {
      if (wanted ? session.hold() : session.unhold()) return;
      await new Promise((done) => setTimeout(done, 100));
    }
  }

  mute() {
    const { session } = this;
    if (session) session.isMuted().audio ? session.unmute() : session.mute({ audio: true });
  }

  hangUp() {
    this.session?.terminate();
  }

  // Calls the extension that says back what it hears. Answers the call and what comes back.
  echo(stream) {
    return new Promise((done) => {
      const session = this.phone.call(`sip:echo@${this.host}`, {
        mediaStream: stream,
        mediaConstraints: { audio: true, video: false },
        pcConfig: { iceServers: [] },
      });
      const end = () => done(null);
      setTimeout(end, 8000);
      session.on("failed", end);
      this.hear(session, (heard) => session.on("confirmed", () => done({ session, heard })));
    });
  }

  // Lets the first usable candidate do: gathering all of them takes long.
  hear(session, then = (heard) => this.tell("heard", heard)) {
    const follow = (connection) => {
      connection.addEventListener("track", ({ track, streams }) => then(streams[0] ?? new MediaStream([track])));
    };
    if (session.connection) follow(session.connection);
    else session.on("peerconnection", ({ peerconnection }) => follow(peerconnection));
    session.on("icecandidate", (event) => / udp /i.test(event.candidate.candidate) && event.ready());
  }

  async statistics() {
    const found = { sent: 0, received: 0 };
    for (const each of (await this.session?.connection?.getStats())?.values() ?? []) {
      if (each.type === "outbound-rtp") found.sent += each.packetsSent;
      if (each.type === "inbound-rtp") found.received += each.packetsReceived;
    }
    return found;
  }

  tell(name, detail = null) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

async function lend() {
  try {
    const answer = await fetch("/phone/seat", { method: "POST", headers: { "X-Desk": "1" } });
    if (answer.ok) return answer.json();
    const { error } = await answer.json().catch(() => ({}));
    return { fault: { login: "login", "no-seat": "phone-no-seat" }[error] ?? "phone-away" };
  } catch {
    return { fault: "phone-away" };
  }
}
