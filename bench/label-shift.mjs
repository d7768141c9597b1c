// `npm run bench -- label-shift`: a model before and after its correction for other shares of the classes, and refused targets.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, extname, join, resolve } from "node:path";
import { adaptModel, train } from "../dist/index.js";

export const bench = {
  about: "label shift: accuracy before and after the correction, draws without a shift, and other domains",
  needs: [],
  options: {
    data: {
      type: "string",
      default: "",
      about:
        "lists or folders with two classes, separated by commas; A:B trains on A and draws from B (default: made texts)",
    },
    method: { type: "string", default: "label-shift", about: "label-shift, shot or shot-head" },
    source: { type: "string", default: "50:50", about: "shares of both classes in the source" },
    target: { type: "string", default: "20:80", about: "shares of both classes in the target" },
    samples: { type: "number", default: 400, about: "samples of a target" },
    most: { type: "number", default: 1200, about: "most samples of the source" },
    draws: { type: "number", default: 3, about: "targets of each data set" },
    base: { type: "string", default: "", about: "base of the model (default: that of the task)" },
    force: { type: "boolean", default: false, about: "adapt refused targets too" },
  },
  smallest: { samples: 20, most: 60, draws: 1 },
};

export async function main({ data, json = false, ...options }) {
  const root = mkdtempSync(join(tmpdir(), "engraft-label-shift-"));
  const rows = [];
  try {
    for (const pair of data === "" ? [made(root)] : data.split(",")) {
      const [from, to = from] = pair.split(":");
      const row = await measure(root, from, to, options);
      rows.push(row);
      if (!json)
        console.log(
          `${row.data.padEnd(24)} ${options.source} to ${options.target}: ${row.refused} of ${options.draws} refused` +
            (row.before.length === 0
              ? ""
              : `, ${row.changed} corrected, before ${percent(mean(row.before))}, after ${percent(mean(row.after))}, worst draw ${percent(Math.min(...row.after.map((one, i) => one - row.before[i])))}, share ${row.shares.map(percent).join(" ")}`),
        );
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
  if (json) console.log(JSON.stringify({ rows }));
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const percent = (value) => `${(100 * value).toFixed(1)} %`;

async function measure(root, from, to, { method, source, target, samples, most, draws, base, force }) {
  const own = samplesOf(from);
  const classes = Object.keys(own).sort();
  const [s, t] = [source, target].map((text) => text.split(":").map((share) => Number(share) / 100));
  const wanted = t.map((share) => Math.floor(samples * share));
  const orders = classes.map((k) => shuffled(own[k], 0));
  const isSame = from === to;
  const total = Math.min(most, ...orders.map((all, i) => (all.length - (isSame ? wanted[i] : 0)) / s[i]));
  const counts = s.map((share) => Math.floor(total * share));
  // Targets are drawn from what the source leaves over.
  const other = isSame ? undefined : samplesOf(to);
  const rest = orders.map((all, i) => (other ? other[classes[i]] : all.slice(counts[i])));
  const dir = mkdtempSync(join(root, "set-"));
  const list = write(join(dir, "source"), classes, (i) => orders[i].slice(0, counts[i]));
  const model = join(dir, "model");
  const quick = { baselines: false, pictures: false };
  await train(list, { strategy: "probe", ...quick, out: model, ...(base && { base }) });
  const name = isSame ? basename(from) : `${basename(from)} to ${basename(to)}`;
  const row = { data: name, refused: 0, changed: 0, before: [], after: [], shares: [] };
  for (let draw = 0; draw < draws; draw++) {
    const drawn = write(join(dir, `target-${draw}`), classes, (i) =>
      shuffled(rest[i], draw + 1).slice(0, wanted[i]),
    );
    try {
      const run = await adaptModel(model, drawn, { method, force, out: join(dir, `adapted-${draw}`) });
      row.before.push(run.before.accuracy);
      row.after.push(run.test.accuracy);
      row.shares.push(run.shares[1].share);
      if (run.changed) row.changed++;
    } catch (error) {
      if (!/differs|too few/.test(error.message)) throw error;
      row.refused++;
    }
  }
  return row;
}

/** Samples by class: texts of a list, or paths of pictures. */
export function samplesOf(path) {
  if (statSync(path).isDirectory()) {
    const train = join(path, "train");
    const root = existsSync(train) ? train : path;
    const folders = readdirSync(root).filter((name) => statSync(join(root, name)).isDirectory());
    return Object.fromEntries(
      folders.map((name) => [name, readdirSync(join(root, name)).map((file) => resolve(root, name, file))]),
    );
  }
  const [head, ...lines] = readFileSync(path, "utf8").trim().split("\n");
  const names = head.split("\t");
  const at = (name) => names.indexOf(name);
  const found = {};
  const seen = new Set();
  for (const line of lines) {
    const cells = line.split("\t");
    const text = ["title", "text"]
      .flatMap((name) => (at(name) < 0 ? [] : [cells[at(name)]]))
      .join(" ")
      .replaceAll('"', "'");
    if (seen.has(text)) continue;
    seen.add(text);
    const label = cells[at("label")];
    found[label] = [...(found[label] ?? []), text];
  }
  return found;
}

/** Writes a list, and returns its path. */
function write(file, classes, some) {
  const rows = classes.flatMap((k, i) => some(i).map((value) => [value, k]));
  const isPicture = rows.every(([value]) => /^\.(jpe?g|png|webp)$/i.test(extname(value)));
  mkdirSync(file, { recursive: true });
  const path = join(file, "list.tsv");
  writeFileSync(
    path,
    [`${isPicture ? "image" : "text"}\tlabel`, ...rows.map((row) => row.join("\t"))].join("\n"),
  );
  return path;
}

/** The same values in an order that the seed decides. */
export function shuffled(values, seed) {
  let state = (seed + 1) * 2654435761;
  const next = () => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 3266489917) >>> 0;
    return state;
  };
  return values
    .map((value) => ({ value, at: next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value);
}

/** Writes made reviews, a third of them without a word that tells the class, and returns their list. */
export function made(root) {
  const words = { good: ["great", "fine", "lovely"], bad: ["poor", "awful", "broken"] };
  const lines = ["text\tlabel"];
  for (let i = 0; i < 120; i++) {
    const label = i % 2 === 0 ? "good" : "bad";
    const word = i % 3 === 0 ? "plain" : words[label][(i % 9) % 3];
    lines.push(`the ${["plot", "cover", "story", "page"][i % 4]} is ${word} number ${i}\t${label}`);
  }
  const path = join(root, "made.tsv");
  writeFileSync(path, lines.join("\n"));
  return path;
}
