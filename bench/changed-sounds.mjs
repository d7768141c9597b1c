// Changes of a clip of 16 kHz that leave a near copy of it. All of the first table were in view when the limits were chosen.
const rate = 16_000;

/** Draws from a normal distribution, of a fixed seed. */
function normals(seed) {
  let state = seed + 1;
  const uniform = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

const power = (samples) => samples.reduce((sum, x) => sum + x * x, 0) / samples.length;

/** Adds white noise that is fainter by some decibels. */
const noise = (decibels) => (samples, i) => {
  const normal = normals(i);
  const size = Math.sqrt(power(samples)) * 10 ** (-decibels / 20);
  return samples.map((x) => x + size * normal());
};

/** Returns the samples below a frequency: a sinc with a Hann window of 129 samples. */
function below(samples, hertz) {
  const reach = 64;
  const taps = Array.from({ length: 2 * reach + 1 }, (_, k) => {
    const [x, cut] = [k - reach, (2 * hertz) / rate];
    const sinc = x === 0 ? cut : Math.sin(Math.PI * cut * x) / (Math.PI * x);
    return (sinc * (1 + Math.cos((Math.PI * x) / (reach + 1)))) / 2;
  });
  return samples.map((_, i) => {
    let sum = 0;
    for (let k = Math.max(0, reach - i); k <= 2 * reach && i + k - reach < samples.length; k++)
      sum += taps[k] * samples[i + k - reach];
    return sum;
  });
}

const half = 256;
const window = Float64Array.from({ length: 2 * half }, (_, i) =>
  Math.sin((Math.PI * (i + 0.5)) / (2 * half)),
);
const cosines = Array.from({ length: half }, (_, k) =>
  Float64Array.from({ length: 2 * half }, (_v, i) =>
    Math.cos((Math.PI / half) * (i + 0.5 + half / 2) * (k + 0.5)),
  ),
);

/** Returns a clip as a codec gives it back: coefficients of a modified cosine transform, in whole steps of the level of each of 16 bands. */
function recompressed(samples, hertz) {
  const low = below(samples, hertz);
  const out = new Float32Array(low.length + 3 * half);
  for (let at = -half; at < low.length; at += half) {
    const frame = window.map((w, i) => w * (low[at + i] ?? 0));
    const values = cosines.map((row) => row.reduce((sum, c, i) => sum + c * frame[i], 0));
    for (let b = 0; b < half; b += 16) {
      const step = Math.sqrt(power(values.slice(b, b + 16)));
      for (let k = b; k < b + 16 && step > 0; k++) values[k] = step * Math.round(values[k] / step);
    }
    for (let i = 0; i < 2 * half; i++) {
      let sum = 0;
      for (let k = 0; k < half; k++) sum += cosines[k][i] * values[k];
      out[at + half + i] += (2 / half) * window[i] * sum;
    }
  }
  return out.slice(half, half + samples.length);
}

/** Returns the samples of a number of seconds, at most a quarter of a clip. */
const part = (samples, seconds) => Math.min(Math.round(seconds * rate), Math.round(samples.length / 4));

function later(samples, by, length = samples.length + by) {
  const out = new Float32Array(length);
  out.set(samples.subarray(0, length - by), by);
  return out;
}

export const soundChanges = {
  "0.3 times as loud": (samples) => samples.map((x) => 0.3 * x),
  "faint noise (30 dB below)": noise(30),
  "noise (20 dB below)": noise(20),
  "compressed like MP3, below 3.4 kHz": (samples) => recompressed(samples, 3400),
  "at 8 kHz": (samples) => below(samples, 3700),
  "opposite polarity": (samples) => samples.map((x) => -x),
  "cut by 0.1 s at the start": (samples) => samples.slice(part(samples, 0.1048)),
  "cut by 0.3 s at the start": (samples) => samples.slice(part(samples, 0.3)),
  "cut by 0.3 s at the end": (samples) => samples.slice(0, samples.length - part(samples, 0.3)),
  "shifted by 0.3 s": (samples) => later(samples, part(samples, 0.3), samples.length),
  "0.25 s of silence before": (samples) => later(samples, Math.round(0.2513 * rate)),
  // Of these three, the limits were not chosen.
  "as in a telephone, 0.3 to 3.4 kHz": (samples) => {
    const low = below(samples, 300);
    return below(samples, 3400).map((x, i) => x - low[i]);
  },
  "distorted: clipped at 0.3 of the peak": (samples) => {
    const most = 0.3 * samples.reduce((peak, x) => Math.max(peak, Math.abs(x)), 0);
    return samples.map((x) => Math.max(-most, Math.min(most, x)));
  },
  "2 % faster": (samples) =>
    Float32Array.from({ length: Math.floor(samples.length / 1.02) - 1 }, (_, i) => {
      const at = Math.floor(1.02 * i);
      return samples[at] + (1.02 * i - at) * (samples[at + 1] - samples[at]);
    }),
};
