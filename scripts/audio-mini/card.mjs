// Writes the card, LICENSE and ATTRIBUTION.md of assets/audio-mini from facts.json and transfer.json: no number is typed by hand.
//   node scripts/audio-mini/card.mjs
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { startProgram } from "../start-program.mjs";

startProgram(import.meta.url, { needs: [] });
const folder = join(dirname(fileURLToPath(import.meta.url)), "../../assets/audio-mini");
const read = (name) => JSON.parse(readFileSync(join(folder, name), "utf8"));
const facts = read("facts.json");
const transfer = existsSync(join(folder, "transfer.json")) ? read("transfer.json") : undefined;
const percent = (x) => `${(100 * x).toFixed(1)} %`;
const { recipe, seconds, classes, words, kinds, clips } = facts.pretraining;
const { n, accuracy, ci95 } = facts.held_back;

const lines = [
  "---",
  "license: cc-by-4.0",
  "library_name: transformers.js",
  "pipeline_tag: audio-classification",
  "tags: [engraft, onnx, audio-classification, feature-extraction, pretrained]",
  "---",
  "",
  "# audio-mini",
  "",
  `A small network of sounds, pretrained from random weights by Engraft's own engine. ${(facts.parameters / 1e6).toFixed(2)} M parameters, ${(facts.bytes / 1e6).toFixed(1)} MB; the weights of the convolutions are stored in 16 bits. It takes samples at 16 kHz, mono, of any length: log-mel frames are computed inside the ONNX graph, so every runtime sees the same numbers.`,
  "",
  `**What it cannot do:** it has heard ${clips} clips of a second: ${recipe.made} of each of ${kinds} kinds of made sounds, ${words.english} English and ${words.arabic} Arabic words. A base that has heard thousands of hours is better where accuracy matters: give any ONNX file with \`--base\`.`,
  "",
  "## Features",
  "",
  "`input_values` float32[batch, samples] -> `features` float32[batch, 320]: mean and maximum over time of the last convolution, each normalised over the clips of the pretraining. `frames` float32[batch, frames, 160] are the features of 40 ms each, `frame_mask` marks those of the clip. Samples below −1000 are padding behind the end of a clip, and change no feature.",
  "",
  "## Recipe",
  "",
  `Words and kinds of sounds as ${classes} classes, label smoothing ${recipe.smoothing}; widths ${recipe.widths.join(", ")}; ${recipe.epochs} epochs of AdamW, peak rate ${recipe.rate}, one-cycle, batches of ${recipe.batch}, seed ${recipe.seed}; ${Math.round(seconds / 60)} minutes on a two-core machine that did other work at the same time. Augmentation on log-mel frames: both axes stretched, shift, loudness, noise of a drawn colour, half of the time nothing above 4 kHz, masked bands and stretches of time (SpecAugment).`,
  "",
  "```sh",
  "node scripts/build.mjs",
  "node scripts/audio-mini/pretrain.mjs DATA   # audio_commands and pretrain_audio; resumable by the same command",
  "node scripts/audio-mini/export.mjs DATA",
  "node scripts/audio-mini/measure.mjs DATA",
  "node scripts/audio-mini/card.mjs",
  "```",
  "",
  "## Accuracy",
  "",
  `${percent(accuracy)} of ${n} clips of held-back speakers and made sounds (${classes} classes; 95 % interval ${percent(ci95[0])} to ${percent(ci95[1])}).`,
  "",
];

/** Returns the gain over from scratch in percentage points. */
function gainOf({ gain }) {
  if (!gain) return "–";
  const points = (v) => (100 * v).toFixed(1);
  return gain.ci95 ? `${points(gain.mean)} (${gain.ci95.map(points).join(" to ")})` : points(gain.mean);
}

if (transfer?.sha256 === facts.sha256) {
  lines.push(
    "## What it is worth",
    "",
    "Mean test accuracy of the runs: one for each fold with all clips, and one for each draw of the training clips otherwise. No option is",
    "given, so each run chooses its strategy. From scratch, all weights of the same network are trained. The gain is paired by draw, with a",
    "95 % confidence interval over the draws. A run ships the model from scratch if that is better on its validation clips.",
    "`audio_commands` is no new task: the base was pretrained on its training clips and their words. Its test speakers were not heard.",
    "",
    "| set | clips a class | runs | this base | log-mel statistics | from scratch | gain over from scratch | ships from scratch |",
    "|---|---|---|---|---|---|---|---|",
    ...transfer.rows.map((r) => {
      const cells = [r.own, r.log_mel, r.scratch].map((v) => (v === undefined ? "–" : percent(v)));
      return `| ${[r.set, r.clips ?? "all", r.runs, ...cells, gainOf(r), r.ships_scratch ?? "–"].join(" | ")} |`;
    }),
    "",
  );
}
lines.push(
  "## Licence",
  "",
  "The weights are under CC BY 4.0: see LICENSE. ATTRIBUTION.md names the data. The data themselves are not part of this folder.",
  "",
  "## File",
  "",
  `\`onnx/model.onnx\`, sha256 \`${facts.sha256}\``,
  "",
);
writeFileSync(join(folder, "README.md"), lines.join("\n"));
writeFileSync(
  join(folder, "LICENSE"),
  `Terms of use of the weights in this folder (audio-mini)

The weights are licensed under the Creative Commons Attribution 4.0 International
License: https://creativecommons.org/licenses/by/4.0/legalcode

Attribution: "audio-mini, a part of Engraft", with the names in ATTRIBUTION.md. The code
that made the weights is licensed under the Apache License 2.0 (see the LICENSE of the
project). The weights come without any warranty.
`,
);
writeFileSync(
  join(folder, "ATTRIBUTION.md"),
  `# What audio-mini was computed from

- Speech Commands v0.02: the words yes, no, up and down, a part of the training part. Pete Warden, "Speech Commands: A Dataset for
  Limited-Vocabulary Speech Recognition", 2018, arXiv:1804.03209. CC BY 4.0.
- Arabic Speech Commands: 32 words of 18 speakers. Abdulkader Ghandoura, Farouk Hjabo, Oumayma Al Dakkak, "Building and benchmarking an
  Arabic Speech Commands dataset for small-footprint keyword spotting", Engineering Applications of Artificial Intelligence, 2021. CC BY 4.0.
- Sounds that this project computes: \`scripts/audio-mini/made-sounds.mjs\`. Apache-2.0.

The clips were resampled, augmented and used as examples of their words. No clip is a part of the weights' folder.
`,
);
console.log(lines.slice(8).join("\n"));
