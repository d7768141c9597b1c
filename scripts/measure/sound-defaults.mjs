// Measures the defaults of sounds on validation and test data: the probe beside fine-tuning for several labels and for speakers who were
// left out, and augmentations.
//
//   node scripts/build.mjs && node scripts/measure/sound-defaults.mjs DATA [--only labels|speakers|augmentations]
//
// DATA holds audio_esc10, from which mixtures of one to three clips are made, and audio_digits, of which one speaker validates, one tests,
// and four others train. For the augmentations, each of these has 100 clips. Prints Markdown tables.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { draws, permutation } from "../../dist/core/random.js";
import { readSound } from "../../dist/data/sounds/index.js";
import { train } from "../../dist/index.js";
import { nodePlatform } from "../../dist/platform/node.js";
import { writeWav } from "../../dist/report/write-wav.js";
import { startProgram } from "../start-program.mjs";
import { metadataRows } from "./metadata-rows.mjs";

const choices = ["labels", "speakers", "augmentations"];
const { values, positionals } = startProgram(import.meta.url, {
  takes: "DATA",
  needs: ["data"],
  options: { only: { type: "string", choices, about: "measure only this" } },
});
const [data] = positionals;
const seeds = [0, 1, 2];
/** Samples of a mixture: 2 s at 16 kHz. */
const [rate, length] = [16_000, 32_000];

const out = mkdtempSync(join(tmpdir(), "engraft-sounds-"));
try {
  const measured = { labels: measureLabels, speakers: measureSpeakers, augmentations: measureAugmentations };
  for (const [name, measure] of Object.entries(measured))
    if (values.only === undefined || values.only === name) await measure();
} finally {
  rmSync(out, { recursive: true, force: true });
}

async function measureLabels() {
  const list = await writeMixtures(join(out, "mixtures"));
  const rows = [];
  for (const strategy of ["probe", "finetune"])
    for (const seed of strategy === "probe" ? [0] : seeds) {
      const { test, validation } = await trained(list, { strategy, seed });
      rows.push([strategy, seed, percent(validation.f1), validation.loss.toFixed(3), percent(test.micro_f1)]);
    }
  print(["strategy", "seed", "micro F1, validation", "loss, validation", "micro F1, test"], rows);
}

async function measureSpeakers() {
  const rows = [];
  for (let turn = 0; turn < 6; turn++)
    for (const strategy of ["probe", "finetune"]) {
      const { test, validation } = await trained(writeDigits(turn, { clips: 250 }), { strategy });
      rows.push([turn + 1, strategy, ...[validation.accuracy, test.accuracy].map(percent)]);
    }
  print(["turn", "strategy", "accuracy, validating speaker", "accuracy, tested speaker"], rows);
}

async function measureAugmentations() {
  const choices = {
    "shift, gain": { augment: "shift,gain" },
    "and speed": { augment: "shift,gain,speed" },
    "and specaugment": { augment: "shift,gain,specaugment" },
    "and both": { augment: "shift,gain,speed,specaugment" },
    "and mixup": { augment: "shift,gain", option: { mixup: 0.2 } },
  };
  const rows = [];
  for (const [name, options] of Object.entries(choices)) {
    const found = [];
    for (const seed of seeds) {
      const { validation } = await trained(writeDigits(seed, { clips: 100 }), {
        strategy: "finetune",
        seed,
        ...options,
      });
      found.push(validation.accuracy);
    }
    rows.push([name, ...[...found, found.reduce((a, b) => a + b, 0) / found.length].map(percent)]);
  }
  print(["augmentation", ...seeds.map((seed) => `seed ${seed}`), "mean"], rows);
}

function trained(list, options) {
  return train(list, {
    ...options,
    threads: 1,
    baselines: false,
    seeds: 1,
    out: mkdtempSync(join(out, "run-")),
  });
}

/** Writes mixtures of clips of different classes. Folds 1 to 3 train, 4 validates, 5 tests. */
async function writeMixtures(folder) {
  mkdirSync(folder);
  const clips = [];
  for (const { file_name, label, fold } of metadataRows(join(data, "audio_esc10"))) {
    const { samples } = await readSound(nodePlatform, join(data, "audio_esc10", file_name), { rate });
    clips.push({ samples, label, fold: Number(fold) });
  }
  const parts = { train: [400, [1, 2, 3]], validation: [150, [4]], test: [200, [5]] };
  const lines = ["audio,labels,split"];
  for (const [part, [count, folds]] of Object.entries(parts)) {
    const pool = clips.filter(({ fold }) => folds.includes(fold));
    for (let i = 0; i < count; i++) {
      const { samples, labels } = mixture(pool, draws(5, part, i));
      writeFileSync(join(folder, `${part}${i}.wav`), writeWav(samples, rate));
      lines.push(`${part}${i}.wav,${labels.join("|")},${part}`);
    }
  }
  const list = join(folder, "list.csv");
  writeFileSync(list, lines.join("\n"));
  return list;
}

/** Adds the loudest 2 s of one to three clips, at about the same volume. */
function mixture(pool, d) {
  const chosen = new Map();
  const count = 1 + d.integer(3);
  while (chosen.size < count) {
    const clip = pool[d.integer(pool.length)];
    chosen.set(clip.label, clip.samples);
  }
  const samples = new Float32Array(length);
  for (const all of chosen.values()) {
    const part = loudest(all);
    const level = Math.sqrt(part.reduce((sum, v) => sum + v * v, 0) / length) || 1;
    const gain = (0.08 / level) * 10 ** ((6 * (d.uniform() - 0.5)) / 20);
    part.forEach((v, i) => {
      samples[i] += gain * v;
    });
  }
  return { samples, labels: [...chosen.keys()] };
}

function loudest(samples) {
  let [best, at] = [-1, 0];
  for (let from = 0; from + length <= samples.length; from += rate / 2) {
    const energy = samples.subarray(from, from + length).reduce((sum, v) => sum + v * v, 0);
    if (energy > best) [best, at] = [energy, from];
  }
  return samples.subarray(at, at + length);
}

/** Writes a list of digits: speakers take turns to validate and to test. @param clips most of each training speaker */
function writeDigits(seed, { clips }) {
  const rows = metadataRows(join(data, "audio_digits"));
  const speakers = [...new Set(rows.map(({ speaker }) => speaker))].sort();
  const [held, test] = [speakers[seed], speakers[(seed + 1) % speakers.length]];
  const counts = new Map();
  const lines = permutation(rows.length, seed, "digits").flatMap((i) => {
    const { file_name, label, speaker } = rows[i];
    const part = speaker === held ? "validation" : speaker === test ? "test" : "train";
    const count = (counts.get(speaker) ?? 0) + 1;
    counts.set(speaker, count);
    if (part === "train" && count > clips) return [];
    return [[join(data, "audio_digits", file_name), label, speaker, part].join(",")];
  });
  const list = join(out, `digits-${seed}.csv`);
  writeFileSync(list, ["audio,label,speaker,split", ...lines].join("\n"));
  return list;
}

function percent(share) {
  return `${(100 * share).toFixed(1)} %`;
}

function print(head, rows) {
  console.log(
    ["", head.join(" | "), head.map(() => "---").join(" | "), ...rows.map((row) => row.join(" | "))]
      .map((line) => line && `| ${line} |`)
      .join("\n"),
  );
}
