import { stopIf } from "../../core/errors.js";
import { inputBatches } from "../../data/index.js";
import type { Graph } from "../../graph/graph.js";
import type { Context } from "../../run/context.js";
import { fedBy } from "../../run/setup.js";
import type { HeldSource } from "../../run/training/train-source.js";
import { firstOutput } from "../../runtime/first-output.js";
import { openSession } from "../../runtime/open.js";
import type { Evaluator } from "../../train/fit.js";

/** Pictures that are predicted at once: outputs for all places are large. */
const atOnce = 8;

/** Calls `read` with the output of each picture, in order. The output is overwritten afterwards. */
export async function eachOutput(
  evaluate: Evaluator,
  { items, inputs }: HeldSource,
  read: (output: Float32Array, index: number) => void | Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  for await (const { x, indices } of inputBatches(items, inputs, { batch: atOnce, signal })) {
    stopIf(signal);
    const outputs = await evaluate(x);
    const size = outputs.length / indices.length;
    for (const [i, index] of indices.entries()) await read(outputs.subarray(i * size, (i + 1) * size), index);
  }
}

/** Calls `work` with the outputs of a model whose weights are initializers. */
export async function withEvaluator<Result>(
  { machine, opened }: Pick<Context, "machine" | "opened">,
  model: Graph,
  work: (evaluate: Evaluator) => Promise<Result>,
): Promise<Result> {
  const session = await openSession(machine.runtime, fedBy(opened, model), { label: "the trained model" });
  try {
    return await work((x) => firstOutput(session, x));
  } finally {
    await session.dispose();
  }
}
