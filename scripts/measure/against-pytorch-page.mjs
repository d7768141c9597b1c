import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { meanInterval } from "./statistics.mjs";

/** Writes docs/against-pytorch.md from the measurements in docs/against-pytorch*.json. */
export function writeAgainstPytorch(root) {
  const rowsOf = (name) => {
    const file = join(root, "docs", name);
    return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : [];
  };
  writeFileSync(
    join(root, "docs/against-pytorch.md"),
    `# Engraft and PyTorch: the same recipe

## Image classification

Both start from the same base and the same head, that of the linear probe. They use the same split, learning rates, one-cycle schedule,
AdamW, gradient clipping and number of steps. Validation chooses the epoch. There is no augmentation, and each program has its own order of
pictures. PyTorch reads the network as a list of operators and trains it with its own autograd. The seed draws 25 training and 10
validation pictures a class. The table shows the mean test accuracy with a 95 % confidence interval over the seeds. The difference is paired
by seed.

Reproduce: \`node scripts/against-pytorch/finetune.mjs FOLDER\`. FOLDER holds \`data/\` and \`models/\`.

| base | set | seeds | train | test | Engraft | PyTorch | difference |
|---|---|---|---|---|---|---|---|
${classLines(rowsOf("against-pytorch.json")).join("\n")}

## Boxes and masks

Both start from the same base and the same random head. They use the same batches with augmentation, the same targets, and the same recipe
as above. The losses are written in PyTorch once more, from their papers. The last weights are kept. Inputs are smaller and trainings
shorter than those of a run. The score is mAP at IoU 0.50 to 0.95 for boxes and mean IoU for masks, in percent, with a 95 % confidence
interval over the test pictures. The difference is paired by picture.

Reproduce: \`node scripts/against-pytorch/dense-accuracy.mjs FOLDER\`.

| base | set | seed | steps | longer side | test | Engraft | PyTorch | difference |
|---|---|---|---|---|---|---|---|---|
${denseLines(rowsOf("against-pytorch-dense.json")).join("\n")}

## Speech recognition

Both start from the same random weights, and use the same batches without augmentation. PyTorch computes its own CTC loss. The last weights
are kept. The score is 1 minus the error rate of characters, decoded greedily, in percent, with a 95 % confidence interval over the clips
of one speaker. The only training speaker is another person.

Reproduce: \`node scripts/against-pytorch/speech.mjs FOLDER\`.

| set | seed | steps | test | Engraft | PyTorch | difference |
|---|---|---|---|---|---|---|
${speechLines(rowsOf("against-pytorch-speech.json")).join("\n")}
`,
  );
}

function classLines(rows) {
  const groups = [...new Set(rows.map((r) => `${r.base} ${r.set}`))];
  return groups.map((name) => {
    const its = rows.filter((r) => `${r.base} ${r.set}` === name);
    const [{ base, set, train, test }] = its;
    const ours = its.map((r) => r.engraft.accuracy);
    const theirs = its.map((r) => r.pytorch.accuracy);
    const difference = ours.map((v, i) => v - theirs[i]);
    const cell = (values) => shown(meanInterval(values));
    return `| ${base} | ${set} | ${its.length} | ${train} | ${test} | ${cell(ours)} | ${cell(theirs)} | ${cell(difference)} |`;
  });
}

const cells = (...values) => values.map(({ value, ci95 }) => shown({ mean: value, ci95 })).join(" | ");

function denseLines(rows) {
  return rows.map(
    ({ base, set, seed, steps, side, test, engraft, pytorch, difference }) =>
      `| ${base} | ${set} | ${seed} | ${steps} | ${side} | ${test} | ${cells(engraft, pytorch, difference)} |`,
  );
}

function speechLines(rows) {
  return rows.map(
    ({ set, seed, steps, test, engraft, pytorch, difference }) =>
      `| ${set} | ${seed} | ${steps} | ${test} | ${cells(engraft, pytorch, difference)} |`,
  );
}

const percent = (v) => `${(100 * v).toFixed(1)} %`;
const shown = ({ mean, ci95 }) =>
  ci95 === null ? percent(mean) : `${percent(mean)} (${percent(ci95[0])} to ${percent(ci95[1])})`;
