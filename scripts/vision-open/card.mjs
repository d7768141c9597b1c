// Writes the card and the NOTICE of assets/vision-open from facts.json and transfer.json: no number is typed by hand.
//   node scripts/vision-open/card.mjs
import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { startProgram } from "../start-program.mjs";

startProgram(import.meta.url, { needs: [] });
const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const folder = join(root, "assets/vision-open");
const facts = JSON.parse(readFileSync(join(folder, "facts.json"), "utf8"));
const transferFile = join(folder, "transfer.json");
const transfer = existsSync(transferFile) ? JSON.parse(readFileSync(transferFile, "utf8")) : undefined;
const { recipe, steps, seconds, packages } = facts.pretraining;
const { size, batch, dropped, rate, mapWeight, crops } = recipe;
const percent = (x) => `${(100 * x).toFixed(1)} %`;
const whole = (x) => x.toLocaleString("en");

const lines = [
  "---",
  "license: apache-2.0",
  "library_name: transformers.js",
  "pipeline_tag: image-feature-extraction",
  "tags: [engraft, onnx, mobilenet_v2, distillation]",
  "---",
  "",
  "# vision-open",
  "",
  `A small base for pictures under Apache-2.0: a shortened MobileNetV2 (width 0.35) with ${(facts.parameters / 1e6).toFixed(2)} M parameters, for ${size} × ${size} RGB pixels, ${(facts.bytes / 1e6).toFixed(1)} MB with 16-bit weights. It computes in 32 bits and returns 1280 features.`,
  "",
  "**It started from the weights of others.** It was not trained on open pictures only; see *Origin*.",
  "",
  "## Origin",
  "",
  "1. **Google's MobileNetV2 0.35.** The student started from the weights of MobileNetV2 0.35 (224 pixels, without its classifier), which Keras Applications publishes under the Apache License 2.0. " +
    `It lacks ${dropped.length} of the 17 blocks (${dropped.join(", ")}, counted from 0), each with a shortcut around it. DistilBERT starts its student in the same way. Google computed those weights from the pictures of ImageNet. This project does not redistribute those pictures. The copy of the weights came by way of Teachable Machine, whose repository is under Apache-2.0. It has not yet been compared with the file that Keras Applications publishes.`,
  `2. **Function matching on open pictures.** Then all weights were trained by Engraft's own engine. The complete MobileNetV2 0.35 is the teacher; both networks see the same picture of ${size} × ${size} pixels. Loss: smooth L1 of the 1280 pooled features plus ${mapWeight} × smooth L1 of the last block's map, all standardised. No label is used.`,
  `   ${whole(steps)} steps of ${batch} pictures, AdamW, one-cycle, peak rate ${rate}, batch statistics, seed ${recipe.seed}; ${Math.round(seconds / 60)} minutes of one thread on a busy machine.`,
  "",
  `Training changed each convolution by ${percent(facts.moved.least)} to ${percent(facts.moved.most)} of its length (median ${percent(facts.moved.median)}): |w - w₀| / |w₀|. So much of what it knows is still what Google's training taught.`,
  "",
  "## Pictures",
  "",
  `From Debian packages (bookworm), by \`scripts/vision-open/pictures.mjs\`. Only files under public domain, CC0, CC BY or CC BY-SA are taken. ATTRIBUTION.txt names authors and terms. Every step draws new crops (${percent(crops.area[0])} to 100 % of the area); cut-outs are pasted into ${percent(crops.cutOuts)} of them, and ${percent(crops.mixup)} are mixed with another picture. No picture is contained in the weights.`,
  "",
  "| package | pictures | cut-outs | terms |",
  "|---|---|---|---|",
  ...packages.map(
    (p) => `| ${p.name} ${p.version} | ${p.photographs} | ${p.cutOuts} | ${p.licenses.join(", ")} |`,
  ),
  "",
  "## How to make it",
  "",
  "```sh",
  "node scripts/build.mjs",
  "node scripts/vision-open/pictures.mjs",
  "node scripts/vision-open/pretrain.mjs TEACHER.onnx   # resumable by the same command",
  "node scripts/vision-open/export.mjs TEACHER.onnx",
  "node scripts/vision-open/measure.mjs FOLDER TEACHER.onnx",
  "node scripts/vision-open/card.mjs",
  "```",
  "",
  `TEACHER.onnx: sha256 \`${facts.teacher.sha256}\`.`,
  "",
];
if (transfer && transfer.sha256 === facts.sha256) {
  const runs = Object.entries(transfer.runs).filter(([, values]) => values.length > 1);
  const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;
  const cell = (key) => {
    const values = transfer.runs[key];
    return values && values.length > 1 ? percent(mean(values)) : "–";
  };
  const rows = [...new Set(runs.map(([key]) => key.split(" ").slice(0, 2).join(" ")))];
  lines.push(
    "## What it is worth",
    "",
    `Mean test accuracy of linear probes (Engraft's own) over ${Math.min(...runs.map(([, v]) => v.length))} or more draws, with ${transfer.validation} other pictures a class to choose on; all bases on the same draws. The teacher sees ${size} × ${size} pixels too.`,
    "",
    "| set | labels a class | vision-open | vision-mini | teacher |",
    "|---|---|---|---|---|",
    ...rows.map((row) => {
      const [set, labels] = row.split(" ");
      const cells = ["vision-open", "vision-mini", "teacher"].map((base) => cell(`${row} ${base}`));
      return `| ${set} | ${labels} | ${cells.join(" | ")} |`;
    }),
    "",
    "The pictures of *hymenoptera* are a part of ImageNet, from which the teacher was computed: its figures there are flattered, and so are those of vision-open.",
    "",
  );
}
lines.push("## File", "", `\`onnx/model.onnx\`, sha256 \`${facts.sha256}\``, "");
writeFileSync(join(folder, "README.md"), lines.join("\n"));
copyFileSync(join(root, "LICENSE"), join(folder, "LICENSE"));
writeFileSync(
  join(folder, "NOTICE"),
  `vision-open, made by the Engraft project

Started from, and distilled from, MobileNetV2 0.35 (ImageNet, 224 pixels) by Google, as
published with Keras Applications under the Apache License 2.0. Changed: blocks removed,
all weights trained further. https://github.com/keras-team/keras-applications

Pictures of the distillation: see ATTRIBUTION.txt.
`,
);
console.log(lines.slice(8).join("\n"));
