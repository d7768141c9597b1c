// The losses of some steps from pixel tensors that are the same everywhere: run in Node and in a tab.
import { bodyOf } from "../../src/bases/body.js";
import { withHead } from "../../src/bases/heads.js";
import { withPixels } from "../../src/bases/pixels.js";
import { draws } from "../../src/core/random.js";
import { fromOnnx } from "../../src/graph/from-onnx.js";
import { finetunePlan } from "../../src/methods/finetune/finetune.js";
import { adamW, oneCycle } from "../../src/optim/index.js";
import type { Runtime } from "../../src/runtime/runtime.js";
import { prepareFit } from "../../src/train/fit.js";
import type { StepFeeds } from "../../src/train/loop.js";
import { classification } from "../../src/train/objectives/objective.js";
import { feedNames } from "../../src/train/step/state-names.js";

const [classes, batch, stepsPerEpoch, epochs, side] = [3, 4, 4, 2, 64] as const;

/** Returns noisy pictures with a bright place that depends on the class. */
async function* feeds(epoch: number, from: number): AsyncGenerator<StepFeeds> {
  const names = feedNames("train");
  for (let step = from; step < stepsPerEpoch; step++) {
    const draw = draws(7, "trajectory", epoch, step);
    const y = BigInt64Array.from({ length: batch }, () => BigInt(Math.floor(classes * draw.uniform())));
    const x = new Uint8Array(batch * side * side * 3);
    for (let i = 0; i < x.length; i++) {
      const bright = i % 3 === Number(y[Math.floor(i / (side * side * 3))]) ? 128 : 0;
      x[i] = bright + 127 * draw.uniform();
    }
    yield {
      [names.x]: { dtype: "uint8", dims: [batch, side, side, 3], data: x },
      [names.labels]: { dtype: "int64", dims: [batch], data: y },
      [names.weights]: { dtype: "float32", dims: [batch], data: new Float32Array(batch).fill(1) },
    };
  }
}

/** Mean training loss of each epoch and of each block of steps, and the logits of one batch at the end. */
export async function trajectory(runtime: Runtime, base: Uint8Array): Promise<number[]> {
  const { graph } = fromOnnx(base, { inputShapes: {} });
  const shaped = fromOnnx(base, { inputShapes: { [graph.inputs[0]!]: ["batch", 3, side, side] } }).graph;
  const body = bodyOf(shaped, {});
  const head = {
    weight: new Float32Array(classes * body.width),
    bias: new Float32Array(classes),
  };
  const model = withPixels(withHead(body, classes, head), {
    height: side,
    width: side,
    rescale: 1 / 255,
    mean: [0.48, 0.448, 0.396],
    std: [0.276, 0.269, 0.282],
    channels: "rgb",
  });
  const plan = finetunePlan(model, { examples: batch * stepsPerEpoch, epochs, batch, rate: 1e-3 });
  const said: number[] = [];
  const fit = await prepareFit({
    runtime,
    model,
    trainable: plan.trainable,
    objective: classification(),
    optimizer: adamW({ weightDecay: plan.optimizer.weightDecay }),
    batchNorm: plan.batchNorm,
    clipNorm: plan.clipNorm,
    schedule: oneCycle({ start: 0.3, div: 5 }),
    rates: plan.groups.map((g) => g.rate),
    epochs,
    batch,
    stepsPerEpoch,
    feeds,
    validate: async (evaluate) => {
      const first = await feeds(0, 0).next();
      const logits = await evaluate(Object.values(first.value as StepFeeds)[0]!);
      said.push(...logits);
      return { loss: logits[0]!, score: 0 };
    },
    stage: "trajectory",
    onEvent: (event) => {
      if (event.event === "epoch") said.push(event.train_loss);
    },
  });
  await fit.run();
  await fit.dispose();
  return said;
}
