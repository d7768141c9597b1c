import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { meanInterval } from "./statistics.mjs";

const percent = (x) => `${(100 * x).toFixed(1)} %`;
const points = (x) => `${x < 0 ? "−" : "+"}${Math.abs(100 * x).toFixed(1)}`;

/** Returns the section of docs/results.md; [] without measurements. */
export function distillationLines(root) {
  const file = join(root, "docs/distillation.json");
  const rows = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : [];
  if (rows.length === 0) return [];
  const lines = [
    "## Distillation",
    "",
    "`vision-mini` (64 × 64) learns from a probe of MobileNetV2 0.35 (224 × 224) on the same pictures. It is compared with the same student without the",
    "teacher: same start, same order of pictures, same number of steps. The gain is paired by draw, with an interval over the draws (t).",
    "",
    "Command: `npm run results -- FOLDER --part distillation`. Rows: [distillation.json](distillation.json).",
    "",
    "| set | pictures for training, for test | method | draws | teacher | without it | with it | gain, points |",
    "|---|---|---|---|---|---|---|---|",
  ];
  const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;
  for (const key of [...new Set(rows.map((r) => `${r.set} ${r.method}`))].sort()) {
    const own = rows.filter((r) => `${r.set} ${r.method}` === key);
    const gains = own.map((r) => r.with - r.without);
    const interval = own.length > 1 ? meanInterval(gains).ci95 : undefined;
    const gain = `${points(mean(gains))}${interval ? ` (${interval.map(points).join(" to ")})` : ""}`;
    const [{ set, method, train, n }] = own;
    const cells = ["teacher", "without", "with"].map((name) => percent(mean(own.map((r) => r[name]))));
    lines.push(`| ${set} | ${train}, ${n} | ${method} | ${own.length} | ${cells.join(" | ")} | ${gain} |`);
  }
  return [...lines, ""];
}
