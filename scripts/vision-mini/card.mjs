// Writes the card and the LICENSE of assets/vision-mini from facts.json and transfer.json: no number is typed by hand.
//   node scripts/build.mjs && node scripts/vision-mini/card.mjs
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { meanInterval } from "../measure/statistics.mjs";
import { startProgram } from "../start-program.mjs";

startProgram(import.meta.url, { needs: [] });
const folder = join(dirname(fileURLToPath(import.meta.url)), "../../assets/vision-mini");
const facts = JSON.parse(readFileSync(join(folder, "facts.json"), "utf8"));
const transferFile = join(folder, "transfer.json");
const transfer = existsSync(transferFile) ? JSON.parse(readFileSync(transferFile, "utf8")) : undefined;
const percent = (x) => `${(100 * x).toFixed(1)} %`;
const points = (x) => `${x < 0 ? "−" : "+"}${Math.abs(100 * x).toFixed(1)}`;
const minutes = (s) => `${Math.round(s / 60)} minutes`;
const { recipe, seconds, teacher } = facts.pretraining;
const [labels, taught] = recipe.stages;
const phases = ({ phases }) =>
  phases.map((p) => `${p.epochs} epochs at ${p.size} × ${p.size}`).join(", then ");
const { alpha, temperature, folds } = taught.teacher;
const { n, accuracy, ci95 } = facts.held_back;

const lines = [
  "---",
  "license: other",
  "license_name: research-only",
  "license_link: LICENSE",
  "library_name: transformers.js",
  "pipeline_tag: image-classification",
  "tags: [engraft, onnx, image-classification, pretrained]",
  "---",
  "",
  "# vision-mini",
  "",
  `A small residual network for small pictures, pretrained from random weights by Engraft's own engine. ${(facts.parameters / 1e6).toFixed(2)} M parameters, 64 × 64 RGB (other sizes from 16 up work: it ends in global average pooling), ${(facts.bytes / 1e6).toFixed(1)} MB with 16-bit weights; it computes in 32 bits.`,
  "",
  "It serves first use, tests and small devices. **What it cannot do:** it has seen only 34,650 pictures of 64 × 64 pixels in 198 classes. A real ImageNet base (`--base hf:…` or any ONNX file) is far better on photographs; use one when accuracy matters.",
  "",
  "## Licence",
  "",
  "The pictures it learnt from are a part of ImageNet (by way of Tiny ImageNet): research and education, non-commercial, no redistribution of pictures. Whether weights inherit that is not settled; see LICENSE. Every model derived from it names these terms.",
  "",
  "## Data",
  "",
  "198 classes of Tiny ImageNet: 175 pictures a class to train, 20 a class held back. Left out before training: the classes *bee* (its pictures are those of the hymenoptera set) and *German shepherd*, gray pictures, contradicting duplicates, and pictures that are also in CIFAR-10. Classes of cats, dogs, frogs, cars and trucks remain; no picture of the sets below is among them.",
  "",
  "## Recipe",
  "",
  `Both stages: SGD with Nesterov momentum ${labels.schedule.moms[0]}, one-cycle, batches of ${recipe.batch}, decoupled weight decay ${recipe.optimizer.weightDecay}, seed ${recipe.seed}; ${minutes(seconds)} in all on a two-core machine that did other work at the same time.`,
  "",
  `1. From He-normal weights, by labels: ${phases(labels)} (random windows, then whole pictures with shifts; mirrored by chance); peak rate ${labels.rate}, label smoothing ${labels.smoothing}. ${labels.history}`,
  `2. Distilled: ${phases(taught)} (crops of 45 to 100 % of the area, brightness, contrast and saturation changed by up to 30 %, mirrored by chance); peak rate ${taught.rate}; loss ${alpha} × divergence from a teacher at temperature ${temperature} + ${(1 - alpha).toFixed(1)} × cross-entropy. **The teacher** is a linear head on the joint features (${teacher.width}) of three ImageNet bases (tiny-darknet, MobileNetV2 0.35, SqueezeNet 1.1) of the same pictures enlarged to 224 × 224; each picture is judged by a head that was trained on the other ${folds - 1} of ${folds} parts. It is right for ${percent(teacher.left_out)} of the pictures left out, and for ${percent(teacher.held_back)} of the held-back ones.`,
  "",
  "So what it knows comes in part from those bases, which have seen all of ImageNet: the *pictures of hymenoptera* are among those (this network itself has seen none of them), so are the classes left out here, and the held-back pictures below may be too (no teacher's word on those was used).",
  "",
  "```sh",
  "node scripts/build.mjs",
  "node scripts/vision-mini/pretrain.mjs FOLDER   # data/ and models/; resumable by the same command",
  "node scripts/vision-mini/export.mjs FOLDER",
  "node scripts/vision-mini/measure.mjs FOLDER",
  "node scripts/vision-mini/card.mjs",
  "```",
  "",
  "## Accuracy",
  "",
  `${percent(accuracy)} of the ${n} held-back pictures (198 classes; 95 % interval ${percent(ci95[0])} to ${percent(ci95[1])}), measured on the shipped file.`,
  "",
];
if (transfer && transfer.sha256 === facts.sha256 && Object.values(transfer.runs).some((r) => r.length > 1)) {
  lines.push(
    "## What it is worth",
    "",
    `At ${transfer.train} pictures a class to train on and ${transfer.validation} others a class to choose on; mean test accuracy over paired draws, gains with 95 % intervals over the draws (t). *From scratch* is the same network from random weights: all weights from the first step, batch statistics, one rate, the same number of steps and three times as many, the better by validation. Measured on 20 November 2026. Since then, training from scratch tries three learning rates and ends by validation, and a probe is scaled by one number and refitted: today both give other figures.`,
    "",
    "| set | draws | test pictures | probe | fine-tuned | from scratch | gain of fine-tuning | gain of the probe |",
    "|---|---|---|---|---|---|---|---|",
  );
  for (const [name, runs] of Object.entries(transfer.runs)) {
    if (runs.length < 2) continue;
    const mean = (key) => percent(meanInterval(runs.map((r) => r[key])).mean);
    const gain = (key) => {
      const g = meanInterval(runs.map((r) => r[key] - r.scratch));
      return `${points(g.mean)} (${points(g.ci95[0])} to ${points(g.ci95[1])})`;
    };
    lines.push(
      `| ${name} | ${runs.length} | ${runs[0].n} | ${mean("probe")} | ${mean("finetune")} | ${mean("scratch")} | ${gain("finetune")} | ${gain("probe")} |`,
    );
  }
  lines.push("");
}
lines.push("## File", "", `\`onnx/model.onnx\`, sha256 \`${facts.sha256}\``, "");
writeFileSync(join(folder, "README.md"), lines.join("\n"));
writeFileSync(
  join(folder, "LICENSE"),
  `Terms of use of the weights in this folder (vision-mini)

The code that made these weights is licensed under the Apache License 2.0 (see the
LICENSE of the project). The weights themselves were computed from pictures of Tiny
ImageNet, a part of ImageNet, which are available for non-commercial research and
education only, and whose copyright lies with their owners.

As far as the authors of this project hold rights in the weights, they may be used,
copied, changed and passed on for research and education. Whether the terms of the
pictures extend to weights that were computed from them is not settled: for any other
use, ask a lawyer, or start from another base.

The weights come without any warranty. Models derived from them must name this notice.
`,
);
console.log(lines.slice(10).join("\n"));
