// How long data of usual sizes take to be read, from nothing to samples with splits: what comes before every training.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { draws } from "../dist/core/random.js";
import { inNewProcess, median } from "./measure.mjs";

export const bench = {
  about: "seconds and memory to read texts, a table, pictures, clips and boxes",
  takes: "[KIND …]",
  needs: [],
  options: {
    beside: {
      type: "string",
      about: "a built checkout of another version, which reads the same data in turn",
    },
    times: { type: "string", default: "3", about: "measurements of each; the median counts" },
  },
  smallest: { times: "1" },
};

const root = fileURLToPath(new URL("..", import.meta.url));

/** Kinds of data: the number of samples, and what writes them into a folder and returns their path. */
const kinds = {
  texts: [100_000, writeTexts],
  table: [200_000, writeTable],
  pictures: [20_000, writeClassFolders],
  clips: [5_000, writeClips],
  boxes: [50_000, writeBoxes],
};

export async function main({ json, smallest, beside, times }, words) {
  const versions = { now: root, ...(beside && { before: resolve(beside) }) };
  const lines = [];
  for (const [kind, [count, write]] of Object.entries(kinds)) {
    if (words.length > 0 && !words.includes(kind)) continue;
    const work = mkdtempSync(join(tmpdir(), "engraft-read-"));
    try {
      const n = smallest ? Math.max(100, count / 500) : count;
      const data = write(join(work, "data"), n);
      const found = Object.fromEntries(Object.keys(versions).map((name) => [name, []]));
      for (let i = 0; i < Number(times); i++)
        for (const [name, folder] of Object.entries(versions))
          found[name].push(
            await inNewProcess(
              import.meta.url,
              { name: "read" },
              { folder, data, cache: join(work, `${name}-${i}`) },
            ),
          );
      const medians = Object.entries(found).map(([name, all]) => [
        name,
        { seconds: median(all.map((one) => one.seconds)), peak_mb: median(all.map((one) => one.peak_mb)) },
      ]);
      lines.push({ kind, n, ...Object.fromEntries(medians) });
      if (!json) console.log(lineOf(lines.at(-1)));
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }
  if (json) console.log(JSON.stringify(lines));
}

const lineOf = ({ kind, n, now, before }) =>
  [
    kind.padEnd(9),
    String(n).padStart(8),
    `${now.seconds.toFixed(2)} s, ${now.peak_mb.toFixed(0)} MB`,
    ...(before
      ? [
          `before ${before.seconds.toFixed(2)} s, ${before.peak_mb.toFixed(0)} MB`,
          `ratio ${(now.seconds / before.seconds).toFixed(2)}`,
        ]
      : []),
  ].join("  ");

/** Reads data in this process. */
export async function read({ folder, data, cache }) {
  process.env.ENGRAFT_CACHE = cache;
  const { inspectData } = await import(pathToFileURL(join(folder, "dist/index.js")));
  const begin = performance.now();
  const { splits } = await inspectData(data);
  const seconds = (performance.now() - begin) / 1000;
  return { seconds, peak_mb: process.resourceUsage().maxRSS / 1024, train: splits.train };
}

function writeLines(folder, name, header, n, line) {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, name);
  writeFileSync(path, `${[header, ...Array.from({ length: n }, (_, i) => line(i))].join("\n")}\n`);
  return path;
}

/** Texts of 12 words, a tenth of them in quotes. */
function writeTexts(folder, n) {
  const draw = draws(1, "read texts");
  const word = () => `w${Math.floor(8000 ** draw.uniform()).toString(36)}`;
  return writeLines(folder, "list.csv", "text,label", n, (i) => {
    const words = Array.from({ length: 12 }, word).join(" ");
    return `${i % 10 === 0 ? `"${words}, no. ${i}"` : `${words} ${i}`},${i % 2 ? "good" : "bad"}`;
  });
}

/** 25 columns of numbers, 3 of categories, a date and a number to learn. */
function writeTable(folder, n) {
  const draw = draws(2, "read table");
  const names = Array.from({ length: 25 }, (_, c) => `x${c}`);
  return writeLines(folder, "table.csv", [...names, "a", "b", "c", "day", "target"].join(","), n, (i) => {
    const numbers = names.map(() => draw.normal().toFixed(4));
    const day = new Date(86_400_000 * (15_000 + (i % 4000))).toISOString().slice(0, 10);
    return [
      ...numbers,
      `a${i % 5}`,
      `b${i % 50}`,
      `c${i % 500}`,
      day,
      (Number(numbers[0]) + draw.normal()).toFixed(4),
    ].join(",");
  });
}

/** Pictures of 16 × 16 random pixels, as BMP. */
function writePictures(folder, n, folderOf) {
  const draw = draws(3, "read pictures");
  const bytes = Buffer.alloc(54 + 768);
  bytes.write("BM");
  for (const [at, value] of [
    [2, bytes.length],
    [10, 54],
    [14, 40],
    [18, 16],
    [22, 16],
    [34, 768],
  ])
    bytes.writeUInt32LE(value, at);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  for (let i = 0; i < n; i++) {
    for (let at = 54; at < bytes.length; at += 4) bytes.writeUInt32LE(draw.integer(2 ** 32), at);
    const below = join(folder, folderOf(i));
    if (i < 10) mkdirSync(below, { recursive: true });
    writeFileSync(join(below, `${i}.bmp`), bytes);
  }
}

function writeClassFolders(folder, n) {
  writePictures(folder, n, (i) => `${i % 10}`);
  return folder;
}

/** Clips of a quarter of a second at 8 kHz, noise, as WAV. */
function writeClips(folder, n) {
  const draw = draws(4, "read clips");
  const samples = 2000;
  const bytes = Buffer.alloc(44 + 2 * samples);
  bytes.write("RIFF");
  bytes.write("WAVEfmt ", 8);
  bytes.write("data", 36);
  for (const [at, value] of [
    [4, bytes.length - 8],
    [16, 16],
    [24, 8000],
    [28, 16_000],
    [40, 2 * samples],
  ])
    bytes.writeUInt32LE(value, at);
  for (const [at, value] of [
    [20, 1],
    [22, 1],
    [32, 2],
    [34, 16],
  ])
    bytes.writeUInt16LE(value, at);
  for (let i = 0; i < n; i++) {
    for (let at = 44; at < bytes.length; at += 2) bytes.writeInt16LE(draw.integer(20_000) - 10_000, at);
    const below = join(folder, `c${i % 10}`);
    if (i < 10) mkdirSync(below, { recursive: true });
    writeFileSync(join(below, `${i}.wav`), bytes);
  }
  return folder;
}

/** COCO's JSON with ten boxes on each picture. */
function writeBoxes(folder, n) {
  const draw = draws(5, "read boxes");
  const pictures = Math.ceil(n / 10);
  writePictures(folder, pictures, () => "images");
  const categories = Array.from({ length: 20 }, (_, id) => ({ id, name: `class ${id}` }));
  const images = Array.from({ length: pictures }, (_, id) => ({
    id,
    file_name: `${id}.bmp`,
    width: 16,
    height: 16,
  }));
  const annotations = Array.from({ length: n }, (_, id) => ({
    id,
    image_id: id % pictures,
    category_id: draw.integer(20),
    bbox: [draw.integer(8), draw.integer(8), 1 + draw.integer(7), 1 + draw.integer(7)],
    iscrowd: 0,
  }));
  writeFileSync(join(folder, "labels.json"), JSON.stringify({ images, categories, annotations }));
  return folder;
}
