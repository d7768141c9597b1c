// Sounds that the project makes: two dozen kinds of tones, noises, clicks and their mixtures, one second each. Every parameter of a
// clip is drawn, so that clips of a kind differ in pitch, speed, loudness and colour.
const rate = 16_000;
const n = rate;
const tau = 2 * Math.PI;

const between = (d, low, high) => low + (high - low) * d.uniform();
/** A draw whose logarithm is uniform. */
const pitch = (d, low, high) => low * (high / low) ** d.uniform();

/** Sums samples: f(seconds, index). */
const wave = (f) => Float32Array.from({ length: n }, (_, i) => f(i / rate, i));

/** A tone whose frequency follows `hz(seconds)`, with harmonics of the given amplitudes. */
function tone(hz, amplitudes = [1], loud = () => 1) {
  let phase = 0;
  return wave((t) => {
    phase += (tau * hz(t)) / rate;
    return loud(t) * amplitudes.reduce((sum, a, k) => sum + a * Math.sin((k + 1) * phase), 0);
  });
}

/** Noise through two one-pole filters: a low pass at `high` Hz, minus a low pass at `low` Hz. */
function noise(d, low, high, loud = () => 1) {
  const [a, b] = [low, high].map((hz) => 1 - Math.exp((-tau * Math.min(hz, 7900)) / rate));
  let [slow, fast] = [0, 0];
  return wave((t, i) => {
    const x = d.normal();
    slow += a * (x - slow);
    fast += b * (x - fast);
    return loud(t, i) * (fast - (low > 0 ? slow : 0));
  });
}

/** Copies of a short sound at given seconds. */
function at(times, sound) {
  const out = new Float32Array(n);
  for (const time of times) {
    const first = Math.round(time * rate);
    const one = sound(time);
    for (let i = 0; i < one.length && first + i < n; i++) if (first + i >= 0) out[first + i] += one[i];
  }
  return out;
}

const regular = (d, perSecond) => {
  const start = d.uniform() / perSecond;
  return Array.from({ length: Math.ceil(perSecond) + 1 }, (_, k) => start + k / perSecond);
};
const irregular = (d, count) => Array.from({ length: count }, () => d.uniform());
const short = (seconds, f) =>
  Float32Array.from({ length: Math.round(seconds * rate) }, (_, i) => f(i / rate));
const click = (d, seconds) => short(seconds * 6, (t) => d.normal() * Math.exp(-t / seconds));
const ping = (hz, decay, partials = [1]) =>
  short(Math.min(1, decay * 5), (t) =>
    partials.reduce((sum, p) => sum + Math.sin(tau * hz * p * t) * Math.exp((-t / decay) * p), 0),
  );
const sum = (...parts) => wave((_, i) => parts.reduce((s, p) => s + p[i], 0));
const harmonics = (count, power) => Array.from({ length: count }, (_, k) => (k + 1) ** -power);

/** Every kind: a function of draws. */
export const kinds = {
  tone: (d) => tone(() => f(d, 150, 4000)(0)),
  chord: (d) => {
    const base = pitch(d, 150, 800);
    return sum(...[1, between(d, 1.2, 1.3), between(d, 1.45, 1.55)].map((r) => tone(() => base * r)));
  },
  buzz: (d) => tone(f(d, 60, 400), harmonics(20, 1)),
  square: (d) => tone(f(d, 100, 800), [1, 0, 1 / 3, 0, 1 / 5, 0, 1 / 7]),
  rise: (d) => sweep(d, 1),
  fall: (d) => sweep(d, -1),
  siren: (d) => {
    const [base, depth, speed] = [pitch(d, 400, 1200), between(d, 0.2, 0.5), between(d, 0.7, 3)];
    return tone((t) => base * (1 + depth * Math.sin(tau * speed * t)), harmonics(4, 1.5));
  },
  vibrato: (d) => {
    const [base, depth, speed] = [pitch(d, 200, 1500), between(d, 0.02, 0.08), between(d, 4, 9)];
    return tone((t) => base * (1 + depth * Math.sin(tau * speed * t)), harmonics(6, 1));
  },
  tremolo: (d) => {
    const speed = between(d, 4, 16);
    return tone(f(d, 200, 2000), [1, 0.3], (t) => 0.5 + 0.5 * Math.sin(tau * speed * t));
  },
  hiss: (d) => noise(d, pitch(d, 1000, 4000), 8000),
  rumble: (d) => noise(d, 0, pitch(d, 60, 300)),
  wind: (d) => {
    const [speed, start] = [between(d, 0.4, 2), between(d, 0, tau)];
    return noise(d, 100, pitch(d, 400, 1500), (t) => 0.6 + 0.4 * Math.sin(tau * speed * t + start));
  },
  waves: (d) => {
    const [peak, width] = [between(d, 0.2, 0.8), between(d, 0.1, 0.3)];
    return noise(d, 200, pitch(d, 1500, 6000), (t) => 0.1 + Math.exp(-(((t - peak) / width) ** 2)));
  },
  bursts: (d) => {
    const [speed, share] = [between(d, 2, 8), between(d, 0.2, 0.5)];
    const start = d.uniform();
    return noise(d, pitch(d, 100, 1000), 6000, (t) => ((t * speed + start) % 1 < share ? 1 : 0.01));
  },
  rotor: (d) => {
    const speed = between(d, 8, 22);
    return noise(d, 30, pitch(d, 200, 800), (t) => Math.max(0, Math.sin(tau * speed * t)) ** 3);
  },
  ticks: (d) => at(regular(d, between(d, 2, 9)), () => click(d, 0.002)),
  crackle: (d) => at(irregular(d, 10 + d.integer(40)), () => click(d, between(d, 0.001, 0.006))),
  rain: (d) =>
    sum(
      at(irregular(d, 250), () => click(d, 0.0008)),
      noise(d, 2500, 8000, () => 0.15),
    ),
  knocks: (d) => {
    const hz = pitch(d, 80, 300);
    return at(regular(d, between(d, 1.5, 6)), () => ping(hz, between(d, 0.02, 0.05)));
  },
  bell: (d) => {
    const hz = pitch(d, 400, 2500);
    return at(irregular(d, 1 + d.integer(3)), () => ping(hz, between(d, 0.15, 0.5), [1, 2.76, 5.4]));
  },
  chirps: (d) => {
    const [hz, span] = [pitch(d, 1500, 4500), between(d, -0.4, 0.4)];
    const seconds = between(d, 0.03, 0.1);
    const one = () =>
      short(
        seconds,
        (t) => Math.sin(tau * hz * (t + (span * t * t) / (2 * seconds))) * Math.sin((Math.PI * t) / seconds),
      );
    return at(regular(d, between(d, 3, 9)), one);
  },
  engine: (d) => {
    const [base, wobble] = [pitch(d, 25, 120), between(d, 0.02, 0.1)];
    let drift = 0;
    return sum(
      tone(
        () => {
          drift = 0.999 * drift + 0.03 * wobble * d.normal();
          return base * (1 + drift);
        },
        harmonics(30, 0.7),
      ),
      noise(d, 50, 2000, () => 0.5),
    );
  },
  whoosh: (d) => {
    const [from, to] = [pitch(d, 200, 1000), pitch(d, 2000, 7000)];
    let y = 0;
    return wave((t) => {
      const a = 1 - Math.exp((-tau * from * (to / from) ** t) / rate);
      y += a * (d.normal() - y);
      return y * Math.sin(Math.PI * t);
    });
  },
  bark: (d) => {
    const hz = pitch(d, 250, 700);
    const seconds = between(d, 0.08, 0.2);
    const one = () =>
      short(seconds, (t) => {
        const shape = Math.sin((Math.PI * t) / seconds);
        const base = hz * (1 + 0.5 * shape);
        return (
          shape *
          (harmonics(10, 0.6).reduce((s, a, k) => s + a * Math.sin(tau * (k + 1) * base * t), 0) + d.normal())
        );
      });
    return at(irregular(d, 1 + d.integer(3)), one);
  },
};

function f(d, low, high) {
  const hz = pitch(d, low, high);
  return () => hz;
}

function sweep(d, way) {
  const [low, high] = [pitch(d, 100, 600), pitch(d, 1200, 5000)];
  const seconds = between(d, 0.3, 1);
  const [from, to] = way > 0 ? [low, high] : [high, low];
  return tone(
    (t) => from * (to / from) ** Math.min(1, t / seconds),
    [1, 0.4],
    (t) => (t < seconds ? 1 : 0.001),
  );
}

/** Returns a clip of a kind: float32[16000], with a drawn loudness over a drawn noise floor. */
export function makeSound(kind, d) {
  const raw = kinds[kind](d);
  const peak = raw.reduce((m, v) => Math.max(m, Math.abs(v)), 1e-6);
  const [loud, floor] = [10 ** between(d, -1.3, -0.1), 10 ** between(d, -4.5, -2.5)];
  return raw.map((v) => Math.max(-1, Math.min(1, (v / peak) * loud + floor * d.normal())));
}
