// Changes of files, drawn from a seed.

/** Returns a generator of numbers in [0, 1), mulberry32. */
export function drawsOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const integer = (draw, below) => Math.floor(draw() * below);
export const pick = (draw, all) => all[integer(draw, all.length)];

/** Numbers of 32 bits at which programs fail. */
const edges = [0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffffff0, 0x10000];

/** Ways to change bytes at a place. */
const byteChanges = [
  (draw, bytes, at) => bytes.with(at, bytes[at] ^ (1 << integer(draw, 8))),
  (draw, bytes, at) => bytes.with(at, pick(draw, [0, 1, 127, 128, 255])),
  (_, bytes, at) => bytes.subarray(0, at),
  (draw, bytes, at) => inserted(bytes, at, new Uint8Array(integer(draw, 300)).fill(integer(draw, 256))),
  (draw, bytes, at) => {
    const changed = bytes.slice();
    if (at + 4 <= bytes.length) new DataView(changed.buffer).setUint32(at, pick(draw, edges), draw() < 0.5);
    return changed;
  },
  (draw, bytes, at) => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + integer(draw, 40))]),
  (draw, bytes, at) => inserted(bytes, at, bytes.subarray(Math.max(0, at - integer(draw, 60)), at)),
  (draw, bytes, at) => bytes.slice().fill(integer(draw, 256), at, at + integer(draw, 50)),
  (draw, bytes) =>
    inserted(bytes, bytes.length, new Uint8Array(integer(draw, 2000)).fill(integer(draw, 256))),
];
const inserted = (bytes, at, more) => Buffer.concat([bytes.subarray(0, at), more, bytes.subarray(at)]);

/** Returns bytes with one to three changes, half of them in the header. */
export function mutateBytes(draw, given) {
  let bytes = new Uint8Array(given);
  for (let left = 1 + integer(draw, 3); left > 0 && bytes.length > 0; left--) {
    const at = integer(draw, draw() < 0.4 ? Math.min(64, bytes.length) : bytes.length);
    bytes = new Uint8Array(pick(draw, byteChanges)(draw, bytes, at));
  }
  return bytes;
}

const deep = (levels) => "[".repeat(levels) + "]".repeat(levels);

/** Values that a field does not expect, as JSON. */
const values = [
  ...[
    "null",
    "true",
    "-1",
    "0",
    "0.5",
    "2147483648",
    "1e308",
    "1e999",
    '""',
    '"a"',
    '"../../x"',
    '"/etc/passwd"',
  ],
  ...[
    '"__proto__"',
    '"\\u0000"',
    '"\\ud800"',
    "[]",
    "{}",
    "[[]]",
    "[null]",
    '{"a":1}',
    '{"length":4294967295}',
  ],
  ...['{"__proto__":{"length":-1}}', JSON.stringify("x".repeat(5000)), deep(500), deep(100_000)],
  JSON.stringify(Array(2000).fill(0)),
];

/** Returns the places of all values in JSON that was parsed: the objects and lists that hold them, with their keys. */
function placesIn(value) {
  const places = [];
  const waiting = [value];
  while (waiting.length > 0 && places.length < 20_000) {
    const one = waiting.pop();
    if (typeof one !== "object" || one === null) continue;
    for (const key of Object.keys(one)) {
      places.push([one, key]);
      waiting.push(one[key]);
    }
  }
  return places;
}

/** Returns JSON with one or two changed values, now and then with changed bytes. */
export function mutateJson(draw, text) {
  if (draw() < 0.12) return Buffer.from(mutateBytes(draw, Buffer.from(text))).toString("utf8");
  const value = JSON.parse(text);
  const places = placesIn(value);
  if (places.length === 0 || draw() < 0.02) return pick(draw, values);
  // Values such as 1e999 are written into the text, since no parsed value is written so.
  const written = [];
  for (let left = 1 + integer(draw, 2); left > 0; left--) {
    const [holder, key] = pick(draw, places);
    const kind = draw();
    if (kind < 0.25) delete holder[key];
    else if (kind < 0.35 && Array.isArray(holder)) holder.push(holder[key]);
    else if (kind < 0.5 && typeof holder[key] === "number")
      holder[key] *= pick(draw, [-1, 0, 2, 1e6, 1e-6, 1e300]);
    else if (kind < 0.55 && !Array.isArray(holder))
      holder[pick(draw, ["constructor", "length", "then", "zz"])] = holder[key];
    else holder[key] = `<${written.push(pick(draw, values)) - 1}>`;
  }
  return JSON.stringify(value).replace(/"<(\d)>"/g, (_, i) => written[i]);
}

/** Returns JSON Lines with one change. */
export function mutateLines(draw, text) {
  const lines = text.split("\n").filter((line) => line !== "");
  const at = integer(draw, lines.length);
  const kind = draw();
  if (kind < 0.15) lines.splice(at, 1);
  else if (kind < 0.25) lines.splice(at, 0, lines[at]);
  else if (kind < 0.3) lines.reverse();
  else lines[at] = mutateJson(draw, lines[at]);
  return lines.join("\n");
}

/** Words that mean something in YAML, XML, CSV or a path. */
const words = [
  ...[
    "",
    "-1",
    "0",
    "1e999",
    "NaN",
    "../../../etc/passwd",
    "*",
    "&a [*a]",
    "<<: *x",
    "!!js/function x",
    "\t",
    "]]>",
    "&#0;",
  ],
  ...[
    "<!ENTITY a 'b'>",
    ":",
    "- - - -",
    "'",
    '"',
    "\u2028",
    "999999999999",
    "0.5",
    "|",
    "~",
    "null",
    "x".repeat(3000),
  ],
  ...["[".repeat(300), "[".repeat(20_000), "{".repeat(20_000), "<a>".repeat(20_000), "*a".repeat(40)],
];

/** Returns a text with one to three changed words, or with changed bytes. */
export function mutateText(draw, text) {
  if (draw() < 0.35) return Buffer.from(mutateBytes(draw, Buffer.from(text)));
  const pieces = text.split(/(\s+|[":=,<>[\]{}]+)/);
  for (let left = 1 + integer(draw, 3); left > 0; left--)
    pieces[integer(draw, pieces.length)] = pick(draw, [...words, pick(draw, pieces)]);
  return pieces.join("");
}

/** Returns a changed file, by the ending of its name. */
export function mutateFile(draw, name, bytes) {
  const text = () => Buffer.from(bytes).toString("utf8");
  if (name.endsWith(".json")) return Buffer.from(mutateJson(draw, text()));
  if (name.endsWith(".jsonl")) return Buffer.from(mutateLines(draw, text()));
  if (/\.(csv|tsv|txt|xml|ya?ml|md|names|data)$/.test(name)) return Buffer.from(mutateText(draw, text()));
  return mutateBytes(draw, bytes);
}
