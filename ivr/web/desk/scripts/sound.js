// Sounds of the page, the level of the microphone, and the test of the way there and back.
const QUIET = 0.004; // level under which nothing is said
const PROBE = 1000; // hertz of the test's tone
const PROBE_MOST = 4000; // milliseconds until the tone must be back

export class Sound {
  constructor() {
    this.context = new AudioContext();
  }

  async unlock() {
    await Promise.race([this.context.resume(), later(2000)]);
    return this.context.state === "running";
  }

  // Rings until the answered function is called.
  ring() {
    const play = () => [0, 0.35].forEach((at) => this.tone(at, 0.28, [440, 480]));
    play();
    const timer = setInterval(play, 2600);
    return () => clearInterval(timer);
  }

  tone(at, length, pitches, target = this.context.destination, volume = 0.16) {
    const { context } = this;
    const gain = new GainNode(context, { gain: 0 });
    const begin = context.currentTime + at;
    gain.gain.setTargetAtTime(volume, begin, 0.012);
    gain.gain.setTargetAtTime(0, begin + length, 0.02);
    gain.connect(target);
    for (const frequency of pitches) {
      const each = new OscillatorNode(context, { frequency });
      each.connect(gain);
      each.start(begin);
      each.stop(begin + length + 0.3);
    }
  }

  // Measures a stream: the answered object tells its level, from 0 to 1, at any time.
  meter(stream) {
    const source = this.context.createMediaStreamSource(stream);
    const analyser = new AnalyserNode(this.context, { fftSize: 2048 });
    source.connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const bins = new Float32Array(analyser.frequencyBinCount);
    const { sampleRate } = this.context;
    return {
      get level() {
        analyser.getFloatTimeDomainData(samples);
        return Math.sqrt(samples.reduce((sum, each) => sum + each * each, 0) / samples.length);
      },
      // Decibels of the test's tone over the sound beside it.
      get tone() {
        analyser.getFloatFrequencyData(bins);
        const at = Math.round((PROBE * analyser.fftSize) / sampleRate);
        const near = Math.max(...bins.slice(at - 1, at + 2));
        const beside = [...bins.slice(at - 24, at - 8), ...bins.slice(at + 8, at + 24)];
        return near - beside.reduce((sum, each) => sum + each, 0) / beside.length;
      },
      close: () => source.disconnect(),
    };
  }

  // A stream of the page's own, for the test's tone.
  source() {
    return new MediaStreamAudioDestinationNode(this.context);
  }

  // Sends a tone and answers the milliseconds until it is back; null: it does not come back.
  async probe(target, meter) {
    const begun = performance.now();
    this.tone(0, 1.2, [PROBE], target, 0.5);
    while (performance.now() - begun < PROBE_MOST) {
      await later(10);
      if (meter.tone > 25 && meter.level > QUIET) return Math.round(performance.now() - begun);
    }
    return null;
  }
}

export const isQuiet = (level) => level < QUIET;
export const later = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
