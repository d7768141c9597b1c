// A custom loss, compiled into a training step: a small network separates two moons with the focal loss (Lin et al.
// 2017), which gives easy examples less weight. It uses the layers below `train()`: build a graph, differentiate it,
// run it, export the result.
//
//   node examples/custom-loss.mjs [file.onnx]
import { writeFile } from "node:fs/promises";
import { draws, float32, int64 } from "engraft/core";
import { Builder, Graph, loopModel, stepsInput, toOnnx } from "engraft/graph";
import { weightedMean } from "engraft/losses";
import { adamW, oneCycle } from "engraft/optim";
import { nodeRuntime } from "engraft/runtime/node";
import { buildStep, runSteps } from "engraft/train";

const [batch, steps] = [32, 300];

// The model: 2 -> 16 -> 2, with random weights.
const randomWeights = (name, dims, scale) => {
  const d = draws(0, "init", name);
  return float32(
    dims,
    Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => scale * d.normal()),
  );
};
const model = new Graph("moons");
const m = new Builder(model);
const x = model.input("x", { dtype: "float32", shape: ["batch", 2] });
const hidden = m.relu(
  m.gemm(
    x,
    m.weight("w1", randomWeights("w1", [2, 16], 1)),
    m.weight("b1", float32([16], Array(16).fill(0))),
  ),
);
model.outputs.push(
  m.gemm(hidden, m.weight("w2", randomWeights("w2", [16, 2], 0.3)), m.weight("b2", float32([2], [0, 0]))),
);

// focal = -(1 - p)^2 log p,  p the probability of the right class
const focal = {
  needs: ["train"],
  terms(g, apply, { train }) {
    const outputs = apply(train.x);
    const right = g.oneHot(train.labels, 2);
    const logP = g.reduceSum(g.mul(g.logSoftmax(outputs.logits, 1), right), { axes: [1] });
    const miss = g.sub(g.number(1), g.exp(logP));
    const losses = g.neg(g.mul(g.mul(miss, miss), logP));
    return {
      terms: { focal: { value: weightedMean(g, losses, train.weights), weight: 1 } },
      logits: outputs,
    };
  },
};

// One step: forward, loss, backward, update; then K steps in a Loop, which keeps the weights in the session.
const step = buildStep({
  model,
  batch,
  trainable: ["w1", "b1", "w2", "b2"].map((value) => ({ value, group: 0, decay: value.startsWith("w") })),
  objective: focal,
  optimizer: adamW({ weightDecay: 0.01 }),
  batchNorm: "frozen",
});
console.log(`${step.graph.nodes.length} nodes make one training step`);
const bytes = loopModel(step.graph, { ...step, steps: stepsInput });

const runtime = await nodeRuntime({ threads: 1 });
const session = await runtime.training(bytes, {
  state: new Map(step.state.map(({ input, initial }) => [input, initial])),
});

/** Two moons, drawn for every step: the same seed gives the same moons. */
function moons(at) {
  const d = draws(0, "moons", at);
  const points = [];
  const labels = [];
  for (let i = 0; i < batch; i++) {
    const label = i % 2;
    const angle = Math.PI * d.uniform();
    const [cx, cy] =
      label === 0 ? [Math.cos(angle), Math.sin(angle)] : [1 - Math.cos(angle), 0.5 - Math.sin(angle)];
    points.push(cx + 0.1 * d.normal(), cy + 0.1 * d.normal());
    labels.push(label);
  }
  return { x: float32([batch, 2], points), labels: int64([batch], labels) };
}
async function* feeds() {
  for (let at = 0; at < steps; at++) {
    const { x, labels } = moons(at);
    yield { "train.x": x, "train.labels": labels, "train.weights": float32([batch], Array(batch).fill(1)) };
  }
}
let last;
await runSteps({
  session,
  step,
  totalSteps: steps,
  from: 0,
  to: steps,
  schedule: oneCycle(),
  rates: [0.02],
  feeds: feeds(),
  onBlock: (block) => {
    last = block.scalars;
  },
});
console.log(
  `focal loss ${last.loss.toFixed(4)}, right in the last block: ${(last.correct / last.count).toFixed(3)}`,
);

// The trained weights go back into the model, and the model into a plain ONNX file.
for (const [value, weight] of await session.readState())
  if (model.initializers.has(value)) model.initializers.set(value, weight);
await runtime.close();
const onnx = toOnnx(model);
const [file] = process.argv.slice(2);
if (file !== undefined) await writeFile(file, onnx);
console.log(`${onnx.length} bytes of plain ONNX`);
