// `npm run bench -- near-copies`: how many copies a split keeps together, for each kind of change, and how many different samples it joins.
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { draws } from "../dist/core/random.js";
import { groupDuplicates, thumbnailSide } from "../dist/data/images/duplicate-groups.js";
import { PictureIndex } from "../dist/data/images/picture-index.js";
import { groupNearSounds } from "../dist/data/sounds/near-sounds.js";
import { readSound } from "../dist/data/sounds/read-sound.js";
import { soundPrint } from "../dist/data/sounds/sound-print.js";
import { groupNearTexts } from "../dist/data/texts/near-texts.js";
import { openSession } from "../dist/index.js";
import { nodePlatform } from "../dist/platform/node.js";
import { sharpPictures } from "../dist/platform/node-pictures.js";
import { soundChanges } from "./changed-sounds.mjs";

export const bench = {
  about: "near copies of pictures, texts and sounds that are found, and other samples that are joined",
  needs: [],
  options: {
    data: {
      type: "string",
      default: "",
      about: "folders of pictures, with commas between them (default: the demo's pictures)",
    },
    count: { type: "number", default: 70, about: "pictures, texts and clips" },
    text: {
      type: "string",
      default: "",
      about: "a list with a column text first (default: the demo's messages)",
    },
    session: {
      type: "boolean",
      about:
        "find copies of pictures as a live session does, and score ten things with labels drawn at random",
    },
    sounds: {
      type: "string",
      default: "",
      about: "folders of sounds, with commas between them (default: the demo's sounds)",
    },
    only: {
      type: "string",
      default: "",
      about: "changes whose names have this (none: the samples as they are)",
    },
  },
  smallest: { count: 8 },
};

export const demo = (path) => fileURLToPath(new URL(`../assets/${path}`, import.meta.url));

export async function main({ data, count, text, sounds, only = "", session = false, json = false }) {
  const shown = async (picture, name) => {
    const bytes = await picture.png({ compressionLevel: 1 }).toBuffer();
    return { sha256: name, thumbnail: (await sharpPictures.thumbnail(bytes, thumbnailSide)).data };
  };
  const groupsOf = session ? (all) => groupsBy(new PictureIndex(), all) : (all) => groupDuplicates(all).near;
  const rows = [];
  for (const folder of (data || demo("demo/train")).split(",")) {
    const of = data ? basename(folder) : "pictures";
    const files = spread(picturesIn(folder), count);
    const originals = [];
    for (const file of files) originals.push(await shown(sharp(file).removeAlpha(), file));
    const before = process.cpuUsage().user;
    const own = groupsOf(originals);
    rows.push({
      of,
      change: "none",
      joined: "",
      others_joined: share(own, (root, i) => root !== i),
      ms_a_picture: (process.cpuUsage().user - before) / 1000 / files.length,
    });
    for (const [change, copyOf] of chosen(pictureChanges, only)) {
      const copies = [];
      for (const file of files) copies.push(await shown(await copyOf(file), `${change} ${file}`));
      rows.push(rowOf(of, change, groupsOf([...originals, ...copies]), own));
    }
    if (session) rows.push(oneMore(of, originals), ...(await scoresAtRandom(of, spread(files, things))));
  }
  const texts = spread(messagesIn(text || demo("demo-texts/messages.csv")), count);
  const groupsOfTexts = (all) => groupNearTexts(all.length, (i) => all[i]);
  const ownTexts = groupsOfTexts(texts);
  rows.push({
    of: "texts",
    change: "none",
    joined: "",
    others_joined: share(ownTexts, (root, i) => root !== i),
  });
  for (const [change, copyOf] of chosen(textChanges, only))
    rows.push(rowOf("texts", change, groupsOfTexts([...texts, ...texts.map(copyOf)]), ownTexts));
  for (const folder of (sounds || demo("demo-sounds/train")).split(","))
    rows.push(...(await soundRows(folder, sounds ? basename(folder) : "sounds", count, only)));
  if (json) console.log(JSON.stringify({ rows }));
  else console.table(rows);
}

/** Returns the groups that an index of pictures finds. */
function groupsBy(index, pictures) {
  const steps = index.group(pictures);
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

/** Measures what one more picture costs a session that has the others. */
function oneMore(of, pictures) {
  const index = new PictureIndex();
  groupsBy(index, pictures.slice(0, -1));
  const before = process.cpuUsage().user;
  groupsBy(index, pictures);
  return { of, change: "one more picture", ms_a_picture: (process.cpuUsage().user - before) / 1000 };
}

/** Things of a set with labels drawn at random, pictures of each thing, and draws of labels. */
const [things, pictures, drawn] = [10, 5, 5];

/** Returns the score of a session for labels drawn at random, on pictures of things: mirrored, shifted, of other light and colour. */
async function scoresAtRandom(of, files) {
  const draw = draws(0, "pictures of things");
  const within = (least, most) => least + (most - least) * draw.uniform();
  const samples = [];
  for (const [thing, file] of files.entries())
    for (let i = 0; i < pictures; i++) {
      const [left, top] = [within(0, 0.1), within(0, 0.1)];
      const shown = await part(file, left, top, left + within(0.8, 0.9), top + within(0.8, 0.9));
      const input = await (i % 2 === 1 ? shown.flop() : shown)
        .modulate({ brightness: within(0.7, 1.3), saturation: within(0.6, 1.4) })
        .jpeg()
        .toBuffer();
      samples.push({ id: `${thing}-${i}`, thing, input: new Uint8Array(input) });
    }
  const session = await openSession("vision-open", { cache: false });
  const rows = [];
  for (let n = 0; n < drawn; n++) {
    const labels = files.map((_, thing) => ((thing + n) % 2 === 0 ? "a" : "b"));
    for (let i = labels.length - 1; i > 0; i--) {
      const j = draw.integer(i + 1);
      [labels[i], labels[j]] = [labels[j], labels[i]];
    }
    await session.add(samples.map(({ id, input, thing }) => ({ id, input, label: labels[thing] })));
    const { classes, score, shown } = await session.fit();
    const groups = classes.reduce((sum, one) => sum + one.groups, 0);
    const accuracy = score && Number(score.accuracy.toFixed(3));
    rows.push({
      of,
      change: `labels at random, draw ${n}`,
      groups,
      accuracy,
      shown: shown?.value ?? "no digits",
    });
  }
  await session.close();
  return rows;
}

/** Returns the rows of a folder of sounds. */
async function soundRows(folder, of, count, only) {
  const files = spread(filesIn(folder, /\.(wav|flac|mp3|ogg|opus)$/i), count);
  const clips = [];
  for (const file of files) clips.push((await readSound(nodePlatform, file, { rate: 16_000 })).samples);
  const print = (samples) => soundPrint(samples, 16_000);
  const before = process.cpuUsage().user;
  const prints = clips.map(print);
  const printed = process.cpuUsage().user;
  const own = groupNearSounds(prints);
  const rows = [
    {
      of,
      change: "none",
      joined: "",
      others_joined: share(own, (root, i) => root !== i),
      ms_a_print: (printed - before) / 1000 / clips.length,
      ms_a_clip: (process.cpuUsage().user - printed) / 1000 / clips.length,
    },
  ];
  for (const [change, copyOf] of chosen(soundChanges, only)) {
    const copies = clips.map((samples, i) => print(copyOf(samples, i)));
    rows.push(rowOf(of, change, groupNearSounds([...prints, ...copies]), own));
  }
  return rows;
}

/** Returns the share of copies in the group of their original, and of originals that are joined with others by them. */
function rowOf(of, change, groups, own) {
  const n = own.length;
  const joined = own.filter((_, i) => groups[i] === groups[i + n]).length / n;
  const first = new Map();
  const others = new Set();
  for (const [i, root] of groups.entries()) {
    const before = first.get(root);
    if (before === undefined) first.set(root, own[i % n]);
    else if (before !== own[i % n]) others.add(i % n);
  }
  return { of, change, joined: Math.round(1000 * joined) / 1000, others_joined: others.size / n };
}

const chosen = (changes, only) => Object.entries(changes).filter(([name]) => name.includes(only));

const share = (list, test) => list.filter(test).length / list.length;

/** Returns as many values as wanted, at equal distances. */
export const spread = (all, count) =>
  all.filter((_, i) => i % Math.max(1, Math.floor(all.length / count)) === 0).slice(0, count);

const filesIn = (folder, ending) =>
  readdirSync(folder, { recursive: true })
    .filter((name) => ending.test(name))
    .sort()
    .map((name) => join(folder, name));

export const picturesIn = (folder) => filesIn(folder, /\.(jpe?g|png)$/i);

export const messagesIn = (path) =>
  readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .slice(1)
    .filter((line) => !line.startsWith('"'))
    .map((line) => line.slice(0, line.indexOf(",")))
    .filter((text, i, all) => /^[ -~]+$/.test(text) && all.indexOf(text) === i);

/** Returns the part of a picture between shares of its width and height. */
async function part(file, left, top, right, bottom) {
  const { width, height } = await sharp(file).metadata();
  return sharp(file)
    .removeAlpha()
    .extract({
      left: Math.floor(left * width),
      top: Math.floor(top * height),
      width: Math.floor((right - left) * width),
      height: Math.floor((bottom - top) * height),
    });
}

/** Returns a picture through a map of its pixels; those from outside are black. */
async function moved(file, map) {
  const { data, info } = await sharp(file).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const out = Buffer.alloc(data.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [u, v] = map(x / width - 0.5, y / height - 0.5, width / height);
      const [i, j] = [Math.round((u + 0.5) * width), Math.round((v + 0.5) * height)];
      if (i < 0 || j < 0 || i >= width || j >= height) continue;
      for (let c = 0; c < channels; c++)
        out[(y * width + x) * channels + c] = data[(j * width + i) * channels + c];
    }
  return sharp(out, { raw: { width, height, channels } });
}

const turned = (degrees) => (file) => {
  const [c, s] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  return moved(file, (x, y, aspect) => [c * x + (s * y) / aspect, c * y - s * x * aspect]);
};
const plain = (file) => sharp(file).removeAlpha();

// All of them were in view when the limits were chosen.
export const pictureChanges = {
  "1.15 times as bright": (file) => plain(file).linear(1.15, 0),
  "0.8 times as bright": (file) => plain(file).linear(0.8, 0),
  "1.35 times as bright": (file) => plain(file).linear(1.35, 0),
  "JPEG of quality 30": async (file) => sharp(await plain(file).jpeg({ quality: 30 }).toBuffer()),
  mirrored: (file) => plain(file).flop(),
  "turned by 90°": (file) => plain(file).rotate(90),
  "in grey": (file) => plain(file).grayscale().toColourspace("srgb"),
  "turned by 5°": turned(5),
  "turned by 8°": turned(-8),
  "cropped to 90 %": (file) => part(file, 0.05, 0.05, 0.95, 0.95),
  "cropped to 75 %": (file) => part(file, 0.125, 0.125, 0.875, 0.875),
  "cropped to a corner of 75 %": (file) => part(file, 0, 0.25, 0.75, 1),
  "shifted by 5 %": (file) => part(file, 0.05, 0.05, 1, 1),
  "shifted by 14 %": (file) => part(file, 0.14, 0.09, 1, 1),
  "in perspective": (file) => moved(file, (x, y) => [x * (1 - 0.24 * (0.5 - y)), 0.94 * y]),
  sepia: (file) =>
    plain(file).recomb([
      [0.393, 0.769, 0.189],
      [0.349, 0.686, 0.168],
      [0.272, 0.534, 0.131],
    ]),
  "in a white frame": async (file) => {
    const { width, height } = await sharp(file).metadata();
    const [x, y] = [Math.round(0.08 * width), Math.round(0.08 * height)];
    return plain(file).extend({ top: y, bottom: y, left: x, right: x, background: "#fff" });
  },
};

export const textChanges = {
  "other capitals": (text) => text.toUpperCase().replace(/[.?!]+$/, ""),
  "a reply": (text) => `Re: ${text}`,
  "a signature": (text) => `${text} Kind regards, Sam Miller`,
  "another signature": (text) => `${text}\n\nSent from my phone\nA. Jones`,
  "the number of a ticket": (text, i) => `[#${100_003 * (i + 1)}] ${text}`,
  "a greeting": (text) => `Hello, ${text} Thank you.`,
};
