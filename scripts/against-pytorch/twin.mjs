// One training in Engraft and in PyTorch: the same network, start weights, batches and recipe.
import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { readScores } from "../../dist/evaluate/recorded-scores.js";
import { fitOfPlan } from "../../dist/methods/fit-plan.js";
import { nodeRuntime } from "../../dist/runtime/ort-node.js";
import { difference } from "../../dist/statistics/index.js";
import { prepareFit } from "../../dist/train/fit.js";
import { runSteps } from "../../dist/train/loop.js";
import { writeNetwork } from "./write-network.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const python = process.env.PYTHON ?? "/usr/bin/python3";

/** Yields the feeds of the first steps: the same on every call. */
export async function* feedsOf({ streams }, steps) {
  let done = 0;
  for (let epoch = 0; done < steps; epoch++)
    for await (const feeds of streams.feeds(epoch, 0)) {
      yield feeds;
      if (++done === steps) return;
    }
}

/** Appends the data of a tensor to a file. */
export const append = (file, { buffer, byteOffset, byteLength }) =>
  appendFileSync(file, Buffer.from(buffer, byteOffset, byteLength));

/**
 * Trains in Engraft.
 * @param options.scored scores the test data with `training.score`
 * @returns the loss of each step; `scores`; and `tests`: inputs of the scoring, with the number of values that the network returns
 */
export async function trainHere(training, steps, { scored = false } = {}) {
  const { model, plan, objective, streams, lengths } = training;
  const runtime = await nodeRuntime();
  const options = fitOfPlan(plan);
  const fit = await prepareFit({
    ...{ runtime, model, ...options, ...streams, objective, stage: "twin" },
    ...(lengths && { lengths }),
    validate: async () => ({ score: 0, loss: 0 }),
  });
  const [losses, tests] = [[], []];
  const evaluate = async (x) => {
    const outputs = await fit.evaluate(x);
    tests.push({ x: { ...x, data: x.data.slice() }, returned: outputs.length });
    return outputs;
  };
  try {
    await runSteps({
      ...{ session: fit.session, step: fit.step, totalSteps: steps, from: 0, to: steps },
      ...{ feeds: feedsOf(training, steps), schedule: options.schedule, rates: options.rates },
      onBlock: ({ each }) => void losses.push(...each.loss),
    });
    return { losses, scores: scored ? await training.score(evaluate) : undefined, tests };
  } finally {
    await fit.dispose();
    await runtime.close();
  }
}

/**
 * Trains in PyTorch.
 * @param script a Python file of this folder, called with a folder and `args`; it prints the losses and writes outputs.rows
 * @param options.write writes the rows of the steps into a folder, and returns what network.json says more
 * @param options.tests as {@link trainHere} returns them. Default: nothing is scored
 * @returns the loss of each step, and `scores`
 */
export async function trainThere(script, training, { write, args = [], tests = [] }) {
  const folder = mkdtempSync(join(tmpdir(), "engraft-twin-"));
  try {
    const more = await write(folder);
    for (const { x } of tests) append(join(folder, "tests.rows"), x.data);
    writeNetwork(folder, training.model, training.plan, { ...more, tests: tests.map(({ x }) => x.dims) });
    const losses = JSON.parse(
      execFileSync(python, [join(here, script), folder, ...args], { encoding: "utf8" }),
    );
    if (tests.length === 0) return { losses };
    return { losses, scores: await training.score(replay(join(folder, "outputs.rows"), tests)) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Returns stored outputs in the order of the inputs. */
function replay(file, tests) {
  const bytes = readFileSync(file);
  const all = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  let [next, from] = [0, 0];
  return async () => {
    from += tests[next++].returned;
    return all.subarray(from - tests[next - 1].returned, from);
  };
}

/** Returns both scores and their difference, paired by test sample, with 95 % confidence intervals. */
export function compareScores(engraft, pytorch) {
  const sharesOf = (scores) => [readScores(scores).shares];
  const { gain, interval } = difference(sharesOf(engraft), sharesOf(pytorch), { binary: false });
  const rounded = ({ metric: { name, value, ci95 } }) => ({
    metric: name,
    value: short(value),
    ci95: ci95.map(short),
  });
  return {
    ...{ engraft: rounded(engraft), pytorch: rounded(pytorch) },
    difference: { value: short(gain), ci95: interval?.map(short) ?? null },
  };
}

/** Four digits suffice for measured scores. */
const short = (value) => Number(value.toPrecision(4));

/** Measures the missing rows of a JSON file, one for each `{ set, seed }`, and writes the file after each. */
export async function measureMissing(file, keys, measure) {
  const rows = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : [];
  for (const key of keys) {
    if (rows.some((row) => row.set === key.set && row.seed === key.seed)) continue;
    rows.push({ ...key, ...(await measure(key)) });
    console.log(JSON.stringify(rows.at(-1)));
    writeFileSync(file, `[\n${rows.map((row) => `  ${JSON.stringify(row)}`).join(",\n")}\n]\n`);
  }
}
