// The check-in: sound, microphone, notification, phone, and the way there and back, one by one.
import { later } from "./sound.js";

const LISTEN_MOST = 4000;
export const MICROPHONE = {
  audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
};

export class CheckIn {
  constructor(panel) {
    this.panel = panel;
  }

  // Answers whether all that is needed works. ``desk`` has sound, phone and microphone.
  async run(desk) {
    for (const row of this.panel.querySelectorAll("[data-check]")) show(row, "waiting");
    return (
      (await this.step("sound", async () => ((await desk.sound.unlock()) ? this.chime(desk) : "sound-off"))) &&
      (await this.step("microphone", () => this.listen(desk))) &&
      (await this.step("notification", askToNotify)) &&
      (await this.step("phone", () => desk.phone.register())) &&
      (await this.step("echo", () => this.echo(desk)))
    );
  }

  chime(desk) {
    desk.sound.tone(0, 0.15, [660]);
    desk.sound.tone(0.18, 0.25, [880]);
    return null;
  }

  async listen(desk) {
    const fault = await desk.openMicrophone();
    if (fault) return fault;
    const meter = this.panel.querySelector("#check-level");
    const begun = performance.now();
    while (performance.now() - begun < LISTEN_MOST) {
      const { level } = desk.meter;
      meter.value = Math.min(1, level * 6);
      if (level > 0.0005) return null;
      await later(50);
    }
    return "microphone-silent";
  }

  async echo(desk) {
    const target = desk.sound.source();
    const call = await desk.phone.echo(target.stream);
    if (!call) return "echo-no-call";
    const element = new Audio(); // Chromium gives a remote stream to meters only if something plays it
    Object.assign(element, { srcObject: call.heard, muted: true });
    element.play().catch(() => {});
    const meter = desk.sound.meter(call.heard);
    const delay = await desk.sound.probe(target, meter);
    meter.close();
    call.session.terminate();
    element.srcObject = null;
    const shown = this.panel.querySelector("#check-delay");
    if (delay !== null) shown.textContent = `${delay} ${shown.dataset.unit}`;
    return delay === null ? "echo-silent" : null;
  }

  // Does one check. What is only a warning does not end the check-in.
  async step(name, work) {
    const row = this.panel.querySelector(`[data-check="${name}"]`);
    show(row, "busy");
    let fault;
    try {
      fault = await work();
    } catch (error) {
      console.warn(`check-in: ${name}`, error);
      fault = name === "echo" ? "echo-no-call" : "phone-away";
    }
    const isWarning = fault === "notification-off";
    show(row, fault ? (isWarning ? "warning" : "failed") : "good", fault && this.said(fault));
    return !fault || isWarning;
  }

  said(fault) {
    return this.panel.querySelector(`[data-said="${fault}"]`)?.textContent ?? fault;
  }
}

function show(row, result, text = "") {
  row.dataset.result = result;
  row.querySelector(".check-said").textContent = text ?? "";
}

async function askToNotify() {
  if (!("Notification" in window)) return "notification-off";
  const answer = Notification.permission === "default"
    ? await Promise.race([Notification.requestPermission(), later(15_000)])
    : Notification.permission;
  return answer === "granted" ? null : "notification-off";
}
