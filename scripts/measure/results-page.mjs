import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { adaptationLines } from "./adaptation-page.mjs";
import { distillationLines } from "./distillation-page.mjs";
import { findings } from "./findings.mjs";
import { planLines } from "./plan-page.mjs";
import { rankingLines } from "./ranking-page.mjs";
import { accuracyInterval, meanInterval } from "./statistics.mjs";
import { strategiesSection } from "./strategies-page.mjs";
import { textLines } from "./texts-page.mjs";

/** What is said of each set. */
const sets = {
  hymenoptera: "Ants and bees. The pictures are part of ImageNet, which all three bases have seen.",
  catdog: "Cats and dogs.",
  cifar10_subset: "Ten classes, 25 pictures a class to train and 10 for validation, drawn by the seed.",
};
const percent = (x) => `${(100 * x).toFixed(1)} %`;

/** Writes docs/results.md from the measured rows of bases and strategies. */
export function writeResults(root, rows, compared = []) {
  const lines = [
    "# Results",
    "",
    "What was learnt, each sentence computed from the recorded rows by `npm run results -- --write`:",
    "",
    ...findings(root, rows, compared).map((sentence, i) => `${i + 1}. ${sentence}`),
    "",
    "The tables follow, each with the command that measures it. All of them need `FOLDER` with `data/` and `models/`. How to read them:",
    "",
    "- An interval is a 95 % confidence interval over other draws (or seeds) and other test samples, unless a section says otherwise.",
    "- A *draw* decides which samples train and which are for validation. One draw or seed has no interval and proves nothing.",
    "- Most rows were measured from 20 to 22 November 2026. Since then, training from scratch tries three learning rates and ends by validation ([decision 21](decisions/0021-training-from-scratch.md)), and a probe is scaled by one number and refitted ([decision 28](decisions/0028-scaling-of-the-probe.md)): both give other figures today.",
    "- No row is of `vision-open`, the default base for pictures since then. What was measured of it stands on [its card](../assets/vision-open/README.md).",
    "- Seconds come from a busy machine. They are no benchmark: see [Performance](performance.md).",
    "",
    "## Probe and fine-tuning",
    "",
    "Three ImageNet bases at 224 × 224, with Engraft's defaults. A seed decides the validation split, the order of the data and the augmentation.",
    "The interval of a gain is over the seeds alone. Command: `npm run results -- FOLDER --part bases`.",
    "",
  ];
  for (const [set, line] of Object.entries(sets)) {
    const of = rows.filter((r) => r.set === set);
    if (of.length === 0) continue;
    lines.push(
      `### ${set}`,
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
