import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { meanInterval } from "./statistics.mjs";

/** Writes docs/against-pytorch.md from its rows. */
export function writeAgainstPytorch(root, rows) {
  const groups = [...new Set(rows.map((r) => `${r.base} ${r.set}`))];
  const lines = groups.map((name) => {
    const its = rows.filter((r) => `${r.base} ${r.set}` === name);
    const [{ base, set, train, test }] = its;
    const ours = its.map((r) => r.engraft.accuracy);
    const theirs = its.map((r) => r.pytorch.accuracy);
    const difference = ours.map((v, i) => v - theirs[i]);
    const cell = (values) => shown(meanInterval(values));
    return `| ${base} | ${set} | ${its.length} | ${train} | ${test} | ${cell(ours)} | ${cell(theirs)} | ${cell(difference)} |`;
  });
  writeFileSync(
    join(root, "docs/against-pytorch.md"),
    `# \`finetune\` against the same recipe in PyTorch

Same base, split, head to start from (the probe's), rates by group, one-cycle schedule, AdamW, clipping, number of steps, and choice of
the epoch by validation; no augmentation; each with its own order of pictures. PyTorch reads the network as a list of operators and
trains it with its own autograd. 25 pictures a class to train and 10 to choose on, drawn by the seed. Mean test accuracy with a 95 %
interval over the seeds; the last column is paired by seed.

Reproduce: \`node scripts/against-pytorch/finetune.mjs FOLDER\`, where FOLDER holds \`data/\` and \`models/\`.

| base | set | seeds | train | test | Engraft | PyTorch | difference |
|---|---|---|---|---|---|---|---|
${lines.join("\n")}
`,
  );
}

const percent = (v) => `${(100 * v).toFixed(1)} %`;
const shown = ({ mean, ci95 }) =>
  ci95 === null ? percent(mean) : `${percent(mean)} (${percent(ci95[0])} to ${percent(ci95[1])})`;
