import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { adaptationLines } from "./adaptation-page.mjs";
import { distillationLines } from "./distillation-page.mjs";
import { planLines } from "./plan-page.mjs";
import { rankingLines } from "./ranking-page.mjs";
import { accuracyInterval, meanInterval } from "./statistics.mjs";
import { strategiesSection } from "./strategies-page.mjs";
import { textLines } from "./texts-page.mjs";

const published = {
  hymenoptera:
    "PyTorch's transfer-learning tutorial, ResNet-18: 94.1 %. **The pictures are part of ImageNet, which all three bases have seen.** Logistic regression (scikit-learn) on the same bases: 88 to 93 %.",
  catdog:
    "fastai's ResNet-34: 99.5 %; MobileNetV2 in TensorFlow's tutorial: about 98 % (both bases are much larger, at 160² to 224²).",
  cifar10_subset:
    "25 pictures a class to train and 10 to choose on, drawn by the seed. BiT-M R50x1 with 5 pictures a class: 82 %; with the full training set: 97 % (a base 60 times larger).",
};
const percent = (x) => `${(100 * x).toFixed(1)} %`;

/** Writes docs/results.md from the measured rows of bases and strategies. */
export function writeResults(root, rows, compared = []) {
  const lines = [
    "# Results",
    "",
    "Probe and fine-tuning of three real ImageNet bases, at 224 × 224, with Engraft's defaults. Mean test accuracy over seeds, with a 95 % interval",
    "over other seeds and other test pictures (t and Wilson, added as squares). A seed decides the validation part, the order of the data and the augmentation;",
    "the test part is fixed. The interval of a gain is over the seeds alone (t, K − 1 degrees of freedom).",
    "",
    "Reproduce: `npm run results -- FOLDER`, where FOLDER holds `data/` and `models/` (this page is written by that command from `docs/results.json`).",
    "",
  ];
  const missing = Object.keys(published).filter((set) => !rows.some((r) => r.set === set));
  const single = rows.some((r) => rows.filter((o) => o.base === r.base && o.set === r.set).length === 1);
  if (single)
    lines.push(
      "Rows with one seed are single runs: they have no interval and prove nothing by themselves.",
      "",
    );
  if (missing.length > 0) lines.push(`Not measured yet: ${missing.join(", ")}.`, "");
  lines.push(
    "Seconds include a busy machine and features that were cached: they are no benchmark (see `npm run bench`).",
    "",
  );
  for (const [set, line] of Object.entries(published)) {
    const of = rows.filter((r) => r.set === set);
    if (of.length === 0) continue;
    lines.push(
      `## ${set}`,
      "",
      line,
      "",
      "| base | seeds | test pictures | probe | fine-tuned | gain of fine-tuning | seconds: probe, fine-tuning |",
      "|---|---|---|---|---|---|---|",
    );
    for (const base of [...new Set(of.map((r) => r.base))]) {
      const runs = of.filter((r) => r.base === base);
      const cell = (values, { mean, ci95 } = accuracyInterval(values, runs[0].n)) =>
        values.length < 2
          ? percent(values[0])
          : `${percent(mean)} (${percent(ci95[0])} to ${percent(ci95[1])})`;
      const gains = runs.map((r) => r.finetune - r.probe);
      const mean = (values) => Math.round(values.reduce((a, b) => a + b, 0) / values.length);
      lines.push(
        `| ${base} | ${runs.length} | ${runs[0].n} | ${cell(runs.map((r) => r.probe))} | ${cell(runs.map((r) => r.finetune))} | ${cell(gains, meanInterval(gains))} | ${mean(runs.map((r) => r.seconds.probe))}, ${mean(runs.map((r) => r.seconds.finetune))} |`,
      );
    }
    lines.push("");
  }
  lines.push(
    ...textLines(root),
    ...strategiesSection(compared),
    ...planLines(root),
    ...rankingLines(root),
    ...distillationLines(root),
    ...adaptationLines(root),
  );
  writeFileSync(join(root, "docs/results.md"), lines.join("\n"));
}
