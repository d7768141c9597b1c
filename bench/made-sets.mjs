// Sets without leaks by construction: every sample is drawn by itself. `clean-sets.json` says which, and with which seed.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { draws } from "../dist/core/random.js";

const rounded = (value, digits = 4) => Number(value.toFixed(digits));
const list = (n, of) => Array.from({ length: n }, (_, i) => of(i));

/** Returns a class of a sample. @param rare share of class 0; default all are as frequent */
const classOf = (d, { classes, rare }) =>
  rare === undefined ? d.integer(classes) : d.chance(rare) ? 0 : 1 + d.integer(classes - 1);

/** A table: columns of numbers, and a class or a number. */
function numbers(d, { columns, count, ...set }) {
  const { shift = 0, missing = 0, levels, counter, spread } = set;
  const header = [...(counter ? [counter] : []), ...list(columns, (c) => `x${c}`), "target"];
  const rows = list(count, (i) => {
    const label = set.classes > 0 ? classOf(d, set) : 0;
    const cell = () => {
      if (levels) return d.integer(levels);
      const value = d.normal() + shift * label;
      return rounded(spread === "log-normal" ? 100 * Math.exp(value) : value);
    };
    const cells = list(columns, cell);
    const target =
      set.classes > 0 ? `class ${label}` : rounded(cells.reduce((a, b) => a + b) + 50 * d.normal());
    return [...(counter ? [i] : []), ...cells.map((one) => (d.chance(missing) ? "" : one)), target];
  });
  return { header, rows };
}

function categories(d, { columns, levels, count, ...set }) {
  const header = [...list(columns, (c) => `x${c}`), "size", "target"];
  const rows = list(count, () => [
    ...list(columns, (c) => `value ${c}${d.integer(levels)}`),
    rounded(d.normal()),
    `class ${classOf(d, set)}`,
  ]);
  return { header, rows };
}

const syllables = "ba be bi do du fa go ka ke li lo ma mi no nu pa pe ra ro sa si ta to vi wo".split(" ");
/** Returns the word of a number: two to four syllables, another one for each number. */
function wordOf(number) {
  let [rest, word] = [number + syllables.length, ""];
  for (; rest > 0; rest = Math.floor(rest / syllables.length)) word += syllables[rest % syllables.length];
  return word;
}
const labelled = (d, set, textOf) =>
  list(set.count, () => {
    const label = classOf(d, set);
    return { text: textOf(label), label: `class ${label}` };
  });

/** Texts of words that are drawn one by one; `zipf`: the k-th word is drawn with a share of about 1 / k. */
const words = (d, { words: length, vocabulary, zipf, ...set }) =>
  labelled(d, set, () => {
    const word = () => (zipf ? Math.floor(vocabulary ** d.uniform()) : d.integer(vocabulary));
    return `${list(length, () => wordOf(word())).join(" ")}.`;
  });

const characters = (d, { words: length, vocabulary, ...set }) =>
  labelled(d, set, () =>
    list(length, () => String.fromCodePoint(0x4e00 + 7 * d.integer(vocabulary))).join(""),
  );

const templates = (d, set) =>
  labelled(d, set, (label) => {
    const phrase = () => list(4, () => wordOf(d.integer(3000))).join(" ");
    const own = ["please tell us", "we have seen", "it was said that", "never again will"][label % 4];
    return `${own} ${phrase()}, then ${phrase()} and ${phrase()}.`;
  });

/** Returns a picture, uint8[size, size, 3]. @param colourAt returns red, green and blue at a place, 0 … 1 each way */
function picture(size, colourAt) {
  const data = Buffer.alloc(3 * size * size);
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++)
      colourAt(x / size, y / size).forEach((value, c) => {
        data[3 * (y * size + x) + c] = Math.max(0, Math.min(255, Math.round(value)));
      });
  return data;
}
const colour = (d) => list(3, () => 255 * d.uniform());

/** Five discs and boxes on a plain background. */
function shapes(d, { size }) {
  const background = colour(d);
  const all = list(5, () => ({
    ...{ x: d.uniform(), y: d.uniform(), r: 0.05 + 0.2 * d.uniform(), aspect: 0.5 + d.uniform() },
    ...{ isDisc: d.chance(0.5), own: colour(d) },
  }));
  const isIn = ({ x, y, r, aspect, isDisc }, u, v) =>
    isDisc ? Math.hypot(u - x, v - y) < r : Math.abs(u - x) < r && Math.abs(v - y) < r * aspect;
  return picture(size, (u, v) => all.findLast((one) => isIn(one, u, v))?.own ?? background);
}

/** Noise on grids of four sizes, interpolated. */
function noise(d, { size }) {
  const grids = [3, 7, 15, 31].map((n) => ({ n, values: list(3 * (n + 1) ** 2, () => d.normal()) }));
  const base = colour(d);
  const at = ({ n, values }, u, v, c) => {
    const [i, j] = [Math.floor(u * n), Math.floor(v * n)];
    const [a, b] = [u * n - i, v * n - j];
    const value = (k, l) => values[3 * ((j + l) * (n + 1) + i + k) + c];
    return (
      (1 - b) * ((1 - a) * value(0, 0) + a * value(1, 0)) + b * ((1 - a) * value(0, 1) + a * value(1, 1))
    );
  };
  return picture(size, (u, v) =>
    base.map((value, c) => value + 25 * grids.reduce((sum, one) => sum + at(one, u, v, c), 0)),
  );
}

function stripes(d, { size }) {
  const [angle, width, phase] = [Math.PI * d.uniform(), 0.04 + 0.1 * d.uniform(), d.uniform()];
  const [one, other] = [colour(d), colour(d)];
  return picture(size, (u, v) => {
    const along = (u * Math.cos(angle) + v * Math.sin(angle)) / width + phase;
    return (Math.floor(along) % 2 === 0 ? one : other).map((value) => value + 12 * d.normal());
  });
}

/** A sky, three lines of hills and a sun. */
function terrain(d, { size }) {
  const [top, low] = [colour(d), colour(d)];
  const sun = { x: d.uniform(), y: 0.4 * d.uniform(), r: 0.04 + 0.06 * d.uniform() };
  const hills = list(3, (k) => ({
    own: colour(d),
    at: 0.45 + 0.18 * k,
    waves: list(4, (w) => ({ f: (w + 1) * (2 + 3 * d.uniform()), p: 7 * d.uniform(), a: 0.1 / (w + 1) })),
  }));
  const height = ({ at, waves }, u) => waves.reduce((sum, { f, p, a }) => sum + a * d0(f * u + p), at);
  const d0 = Math.sin;
  return picture(size, (u, v) => {
    const hill = hills.findLast((one) => v > height(one, u));
    if (hill) return hill.own.map((value) => value + 8 * d.normal());
    if (Math.hypot(u - sun.x, v - sun.y) < sun.r) return [255, 240, 180];
    return top.map((value, c) => value + (low[c] - value) * 2 * v + 3 * d.normal());
  });
}

const rate = 16_000;
/** Three tones, one after the other or at once. */
function tones(d, { seconds }) {
  const all = list(3, () => ({
    ...{ f: 150 * 16 ** d.uniform(), from: 0.6 * d.uniform(), long: 0.1 + 0.5 * d.uniform() },
    loud: 0.1 + 0.2 * d.uniform(),
  }));
  return list(rate * seconds, (i) => {
    const t = i / rate;
    const sum = all.reduce((s, { f, from, long, loud }) => {
      const place = (t - from) / long;
      return place < 0 || place > 1
        ? s
        : s + loud * Math.sin(Math.PI * place) * Math.sin(2 * Math.PI * f * t);
    }, 0);
    return sum + 0.003 * d.normal();
  });
}

/** Bursts of noise through a filter of one pole. */
function bursts(d, { seconds }) {
  const all = list(2 + d.integer(4), () => ({
    ...{ from: seconds * d.uniform(), long: 0.03 + 0.2 * d.uniform(), loud: 0.2 + 0.6 * d.uniform() },
  }));
  const pole = 0.3 + 0.65 * d.uniform();
  let low = 0;
  return list(rate * seconds, (i) => {
    low = pole * low + (1 - pole) * d.normal();
    const t = i / rate;
    const gain = all.reduce(
      (g, { from, long, loud }) => (t < from ? g : g + loud * Math.exp((from - t) / long)),
      0,
    );
    return low * gain + 0.002 * d.normal();
  });
}

/** Returns a WAV file of one channel and 16 bits. */
function wav(samples) {
  const bytes = Buffer.alloc(44 + 2 * samples.length);
  bytes.write("RIFF", 0);
  bytes.writeUInt32LE(36 + 2 * samples.length, 4);
  bytes.write("WAVEfmt ", 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(rate, 24);
  bytes.writeUInt32LE(2 * rate, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write("data", 36);
  bytes.writeUInt32LE(2 * samples.length, 40);
  for (const [i, value] of samples.entries())
    bytes.writeInt16LE(Math.round(32_767 * Math.max(-1, Math.min(1, value))), 44 + 2 * i);
  return bytes;
}

const tables = { numbers, categories };
const texts = { words, characters, templates };
const pictures = { shapes, noise, stripes, terrain };
const sounds = { tones, bursts };

/** Makes a set of the list. @returns a table, texts with labels, or files that are written into the folder, with labels */
export async function makeSet(folder, { make, ...set }) {
  const d = draws(set.seed, "clean set", set.name);
  if (make in tables) return tables[make](d, set);
  if (make in texts) return { texts: texts[make](d, set) };
  const files = [];
  for (let i = 0; i < set.count; i++) {
    const label = `class ${classOf(d, set)}`;
    const name = make in pictures ? `${i}.png` : `${i}.wav`;
    const bytes = make in pictures ? await png(pictures[make](d, set), set.size) : wav(sounds[make](d, set));
    writeFileSync(join(folder, name), bytes);
    files.push({ name, label });
  }
  return { files };
}

/** Returns a PNG file. @param data uint8[height, width, channels] */
export const png = (data, width, { height = width, channels = 3 } = {}) =>
  sharp(data, { raw: { width, height, channels } }).png({ compressionLevel: 1 }).toBuffer();
