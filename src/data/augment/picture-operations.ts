import type { Pixels } from "../dataset.js";

/**
 * The operations of RandAugment and TrivialAugment, as torchvision defines them for 8-bit pictures (nearest neighbour, black outside,
 * truncated fractions). Each takes a magnitude m in the unit below and returns a new picture.
 *
 * @see Cubuk et al., "AutoAugment", 2019, table 6, where the operations come from
 */
export const pictureOperations = {
  /** Returns the picture itself. */
  identity: (pixels) => pixels,
  // x_in = j + m (i + ½): about the upper left corner
  shearX: (pixels, m) => moved(pixels, 1, m, m / 2, 0, 1, 0),
  shearY: (pixels, m) => moved(pixels, 1, 0, 0, m, 1, m / 2),
  /** Shifts by m pixels to the right. */
  translateX: (pixels, m) => moved(pixels, 1, 0, -Math.trunc(m), 0, 1, 0),
  translateY: (pixels, m) => moved(pixels, 1, 0, 0, 0, 1, -Math.trunc(m)),
  /** Rotates by m degrees counter-clockwise about the centre. */
  rotate(pixels, m) {
    const [c, s] = [Math.cos((m * Math.PI) / 180), Math.sin((m * Math.PI) / 180)];
    const [x, y] = [(pixels.width - 1) / 2, (pixels.height - 1) / 2];
    // x_in = c (j - x) - s (i - y) + x,   y_in = s (j - x) + c (i - y) + y
    return moved(pixels, c, -s, x - c * x + s * y, s, c, y - s * x - c * y);
  },
  // y = (1 + m) x
  brightness: (pixels, m) => byTable(pixels, (v) => cut((1 + m) * v)),
  // y = (1 + m) x - m gray(x)
  color: (pixels, m) => blended(pixels, m, (data, i) => grayOf(data, i - (i % 3))),
  // y = (1 + m) x - m · the mean gray of the picture
  contrast(pixels, m) {
    const { data } = pixels;
    let sum = 0;
    for (let i = 0; i < data.length; i += 3) sum += grayOf(data, i);
    const mean = (3 * sum) / data.length;
    return byTable(pixels, (v) => cut((1 + m) * v - m * mean));
  },
  // y = (1 + m) x - m · the mean of the 3 × 3 pixels around, the middle one five times; the border stays
  sharpness(pixels, m) {
    const { height: h, width: w } = pixels;
    if (h <= 2 || w <= 2) return pixels;
    const row = 3 * w;
    return blended(pixels, m, (data, i) => {
      const [y, x] = [Math.floor(i / row), Math.floor((i % row) / 3)];
      if (y === 0 || x === 0 || y === h - 1 || x === w - 1) return data[i]!;
      let sum = 4 * data[i]!;
      for (let dy = -row; dy <= row; dy += row) sum += data[i + dy - 3]! + data[i + dy]! + data[i + dy + 3]!;
      // Rounded half to even, as a picture of 8 bits is.
      return Math.round(sum / 13);
    });
  },
  /** Reduces channels to m bits. */
  posterize: (pixels, m) => byTable(pixels, (v) => v & -(2 ** (8 - Math.trunc(m)))),
  /** Inverts values from m on. */
  solarize: (pixels, m) => byTable(pixels, (v) => (v >= m ? 255 - v : v)),
  // y = 255 (x - min) / (max - min), channel by channel
  autoContrast: (pixels) =>
    byTable(pixels, (v, { low, high }) => (high > low ? cut((v - low) * (255 / (high - low))) : v)),
  /** Equalizes the histogram of each channel. */
  equalize: (pixels) => byTable(pixels, (v, { equal }) => equal[v]!),
} as const satisfies Readonly<Record<string, (pixels: Pixels, magnitude: number) => Pixels>>;

export type PictureOperation = keyof typeof pictureOperations;

/** Clamps a value to 0 … 255 and truncates its fraction. */
function cut(v: number): number {
  return v <= 0 ? 0 : v >= 255 ? 255 : Math.trunc(v);
}

/** Returns the gray value by Rec. 601, truncated. */
function grayOf(data: Uint8Array, i: number): number {
  return Math.trunc(0.2989 * data[i]! + 0.587 * data[i + 1]! + 0.114 * data[i + 2]!);
}

/** y[i, j] = x[round(d j + e i + f), round(a j + b i + c)], 0 outside; rows of the matrix: column, then row. */
function moved(
  { height: h, width: w, data }: Pixels,
  a: number,
  b: number,
  c: number,
  d: number,
  e: number,
  f: number,
): Pixels {
  const out = new Uint8Array(data.length);
  let o = 0;
  for (let i = 0; i < h; i++)
    for (let j = 0; j < w; j++, o += 3) {
      const x = Math.round(a * j + b * i + c);
      const y = Math.round(d * j + e * i + f);
      if (x < 0 || y < 0 || x >= w || y >= h) continue;
      const s = 3 * (y * w + x);
      out[o] = data[s]!;
      out[o + 1] = data[s + 1]!;
      out[o + 2] = data[s + 2]!;
    }
  return { height: h, width: w, data: out };
}

/** y = (1 + m) x - m · other(x) */
function blended(
  { height, width, data }: Pixels,
  m: number,
  other: (data: Uint8Array, i: number) => number,
): Pixels {
  const out = new Uint8Array(data.length);
  // x + m (x - other): exactly x where both are the same.
  for (let i = 0; i < data.length; i++) out[i] = cut(data[i]! + m * (data[i]! - other(data, i)));
  return { height, width, data: out };
}

interface Channel {
  readonly low: number;
  readonly high: number;
  /** Equalized value of each value. */
  readonly equal: readonly number[];
}

/** Maps the values of each channel by a table of 256 entries. */
function byTable({ height, width, data }: Pixels, value: (v: number, channel: Channel) => number): Pixels {
  const out = new Uint8Array(data.length);
  for (let c = 0; c < 3; c++) {
    const channel = channelOf(data, c);
    const table = Uint8Array.from({ length: 256 }, (_, v) => value(v, channel));
    for (let i = c; i < data.length; i += 3) out[i] = table[data[i]!]!;
  }
  return { height, width, data: out };
}

/** Returns the statistics of a channel, computed on demand. */
function channelOf(data: Uint8Array, c: number): Channel {
  let counts: Uint32Array | undefined;
  const histogram = (): Uint32Array => {
    if (counts) return counts;
    counts = new Uint32Array(256);
    for (let i = c; i < data.length; i += 3) counts[data[i]!]!++;
    return counts;
  };
  let equal: number[] | undefined;
  return {
    get low() {
      return histogram().findIndex((n) => n > 0);
    },
    get high() {
      return histogram().findLastIndex((n) => n > 0);
    },
    get equal() {
      equal ??= equalTable(histogram());
      return equal;
    },
  };
}

/** PIL's: step = ⌊pixels below the highest value / 255⌋, y = ⌊(pixels below v + ⌊step / 2⌋) / step⌋ */
function equalTable(counts: Uint32Array): number[] {
  const highest = counts.findLastIndex((n) => n > 0);
  const all = counts.reduce((sum, n) => sum + n, 0);
  const step = Math.floor((all - counts[highest]!) / 255);
  let below = 0;
  return Array.from(counts, (n, v) => {
    const y = step === 0 ? v : Math.min(255, Math.floor((below + Math.floor(step / 2)) / step));
    below += n;
    // The table begins with 0 whatever the step.
    return step > 0 && v === 0 ? 0 : y;
  });
}
