// Trainings of a tenth of a second each for benchmarks of decisions: generated images, a small convolutional network,
// and a prepared training that is reused.
import { draws } from "../dist/core/random.js";
import { float32, int64, zeros } from "../dist/core/tensor.js";
import { Builder } from "../dist/graph/builder.js";
import { Graph } from "../dist/graph/graph.js";
import { fitOfPlan } from "../dist/methods/fit-plan.js";
import { prepareFit } from "../dist/train/fit.js";

export const [classes, side, batch] = [4, 16, 16];
const size = 3 * side * side;

/**
 * Noisy stripes whose direction is the class, of random phase, width, colour and contrast. `turn` rotates all
 * directions: another task on similar images.
 */
export function drawStripes(count, turn, key) {
  const x = new Float32Array(count * size);
  const y = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const d = draws(7, "verdict pictures", key, i);
    y[i] = i % classes;
    const angle = (Math.PI * (y[i] + turn + 0.3 * (d.uniform() - 0.5))) / classes;
    const wave = 0.7 + 0.8 * d.uniform();
    const phase = 2 * Math.PI * d.uniform();
    const colour = [d.normal(), d.normal(), d.normal()];
    for (let row = 0; row < side; row++)
      for (let column = 0; column < side; column++) {
        const v = Math.sin(wave * (column * Math.cos(angle) + row * Math.sin(angle)) + phase);
        for (let c = 0; c < 3; c++)
          x[i * size + (c * side + row) * side + column] = colour[c] * v + 0.5 * d.normal();
      }
  }
  return { x, y, count };
}

const rowsOf = ({ x }, indices) => {
  const out = new Float32Array(indices.length * size);
  indices.forEach((index, i) => {
    out.set(x.subarray(index * size, (index + 1) * size), i * size);
  });
  return float32([indices.length, 3, side, side], out);
};

/** A prepared training that is reused with other data, seeds and initial weights. */
export async function trainer(runtime, model, plan, examples) {
  let now;
  const fit = await prepareFit({
    runtime,
    model,
    ...fitOfPlan(plan),
    stepsPerEpoch: Math.floor(examples / batch),
    async *feeds(epoch, from) {
      const order = draws(now.seed, "verdict order", epoch);
      const turn = [...Array(examples).keys()].map((i) => [order.uniform(), i]).sort((a, b) => a[0] - b[0]);
      for (let step = from; step < Math.floor(examples / batch); step++) {
        const indices = turn.slice(step * batch, (step + 1) * batch).map(([, i]) => i);
        yield {
          "train.x": rowsOf(now.train, indices),
          "train.labels": int64(
            [batch],
            indices.map((i) => now.train.y[i]),
          ),
          "train.weights": float32([batch], new Array(batch).fill(1)),
        };
      }
    },
    validate: async (evaluate) => judge(now.validation, await evaluate(all(now.validation))),
    stage: "verdict",
  });
  const initial = new Map(fit.step.state.map((s) => [s.input, s.initial]));
  return {
    dispose: () => fit.dispose(),
    async run(given, start) {
      now = given;
      await fit.session.writeState(initial);
      return fit.run(start);
    },
    /** Returns which items the weights predict correctly. */
    async right(items, weights) {
      await fit.session.writeState(weights);
      return judge(items, await fit.evaluate(all(items))).right;
    },
  };
}

const all = (part) => float32([part.count, 3, side, side], part.x);

function judge({ y, count }, scores) {
  let loss = 0;
  const right = Array.from(y, (label, i) => {
    const row = scores.subarray(i * classes, (i + 1) * classes);
    const most = Math.max(...row);
    loss += (most - row[label] + Math.log(row.reduce((s, v) => s + Math.exp(v - most), 0))) / count;
    return row.indexOf(most) === label;
  });
  return { loss, score: right.filter(Boolean).length / count, right };
}

/**
 * Convolutions with ReLU, then the mean over the image and a linear head.
 * @param layers [maps, kernel, stride] of each
 * @param head names of its weights
 */
export function stripesNet(layers, head) {
  const graph = new Graph("small");
  let x = graph.input("pixel_values", { dtype: "float32", shape: ["batch", 3, side, side] });
  let from = 3;
  for (const [i, [to, kernel, stride]] of layers.entries()) {
    const g = new Builder(graph, `conv${i + 1}`);
    const pad = (kernel - 1) / 2;
    const w = g.weight("weight", zeros("float32", [to, from, kernel, kernel]));
    const b = g.weight("bias", zeros("float32", [to]));
    x = g.relu(g.conv(x, w, b, { strides: [stride, stride], pads: [pad, pad, pad, pad] }));
    from = to;
  }
  const g = new Builder(graph, head);
  const w = g.weight("weight", zeros("float32", [classes, from]));
  const b = g.weight("bias", zeros("float32", [classes]));
  graph.outputs.push(g.gemm(g.flatten(g.globalAveragePool(x)), w, b, { transB: true }));
  return graph;
}
