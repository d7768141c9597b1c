// Real trainings of a tenth of a second each: a small convolutional network on drawn pictures, from weights of four kinds.
import { draws } from "../dist/core/random.js";
import { float32, int64, zeros } from "../dist/core/tensor.js";
import { Builder } from "../dist/graph/builder.js";
import { Graph } from "../dist/graph/graph.js";
import { parametersOf } from "../dist/graph/surgery/index.js";
import { scratchPlan } from "../dist/methods/finetune/scratch.js";
import { fitOfPlan } from "../dist/methods/fit-plan.js";
import { nodeRuntime } from "../dist/runtime/ort-node.js";
import { prepareFit } from "../dist/train/fit.js";
import { freshWeights } from "../dist/train/initialize.js";

const [classes, side, batch] = [4, 16, 16];
const size = 3 * side * side;
const parts = { train: 64, validation: 32, test: 400 };
const pretraining = { train: 640, validation: 64, epochs: 12 };

/**
 * Stripes whose direction is the class, of any phase, width, colour and contrast, under noise. `turn` moves all directions:
 * another task on pictures of the same kind.
 */
function drawn(count, turn, key) {
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

/** One prepared training, used again and again: other data, other seed, other weights to start from. */
async function trainer(runtime, model, examples, epochs) {
  const plan = scratchPlan(model, { examples, epochs, batch }, 1);
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
    /** Which test items the weights answer rightly. */
    async right(test, weights) {
      await fit.session.writeState(weights);
      return judge(test, await fit.evaluate(all(test))).right;
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
  return { loss, accuracy: right.filter(Boolean).length / count, right };
}

/** @returns `repeat(r, kinds)`: the answers of these kinds of start to 400 test items, for each seed */
export async function openTrainings({ seeds, epochs, threads = 1 }) {
  const runtime = await nodeRuntime({ threads });
  const net = smallNet();
  const body = parametersOf(net).filter(({ value }) => !value.startsWith("head/"));
  /** The head begins at 0, as nothing is known of the classes yet. */
  const fresh = (seed) =>
    new Map(
      [...freshWeights(net, seed)].map(([value, t]) => [
        value,
        value.startsWith("head/") ? zeros("float32", t.dims) : t,
      ]),
    );
  const target = await trainer(runtime, net, parts.train, epochs);

  /** Pretrained on the task turned by a quarter of a class; with labels that say nothing; its normalisations shut. */
  const source = drawn(pretraining.train, 0.25, "source");
  const held = drawn(pretraining.validation, 0.25, "source validation");
  const pretrainer = await trainer(runtime, net, pretraining.train, pretraining.epochs);
  const learnt = await pretrainer.run({ train: source, validation: held, seed: 0 }, fresh(0));
  await pretrainer.dispose();
  const good = new Map(
    body
      .filter(({ value }) => value.startsWith("conv1/"))
      .map(({ value }) => [value, learnt.weights.get(value)]),
  );
  const bad = shut(fresh(1), body);

  return {
    pretrained: learnt.best.accuracy,
    close: () => runtime.close(),
    async repeat(r, kinds) {
      const data = Object.fromEntries(
        Object.entries(parts).map(([part, n]) => [part, drawn(n, 0, `${r} ${part}`)]),
      );
      const answers = Object.fromEntries(kinds.map((kind) => [kind, []]));
      for (let k = 0; k < seeds; k++) {
        const own = 1000 * (r + 1) + k;
        // Both arms of a seed see the batches in the same order, as a run and its run from scratch do.
        const starts = {
          scratch: fresh(own),
          null: fresh(own + 500),
          positive: new Map([...fresh(own + 500), ...good]),
          negative: new Map([...fresh(own + 500), ...bad]),
        };
        for (const kind of kinds) {
          const { weights } = await target.run({ ...data, seed: own }, starts[kind]);
          answers[kind].push(await target.right(data.test, weights));
        }
      }
      return answers;
    },
  };
}

/** conv 5 × 5, 8 maps – ReLU – conv 3 × 3, 16 maps – ReLU – mean over the picture – linear. */
function smallNet() {
  const graph = new Graph("small");
  let x = graph.input("pixel_values", { dtype: "float32", shape: ["batch", 3, side, side] });
  let from = 3;
  for (const [i, [to, kernel]] of [
    [8, 5],
    [16, 3],
  ].entries()) {
    const g = new Builder(graph, `conv${i + 1}`);
    const pad = (kernel - 1) / 2;
    const w = g.weight("weight", zeros("float32", [to, from, kernel, kernel]));
    const b = g.weight("bias", zeros("float32", [to]));
    x = g.relu(g.conv(x, w, b, { strides: [2, 2], pads: [pad, pad, pad, pad] }));
    from = to;
  }
  const g = new Builder(graph, "head");
  const w = g.weight("weight", zeros("float32", [classes, from]));
  const b = g.weight("bias", zeros("float32", [classes]));
  graph.outputs.push(g.gemm(g.flatten(g.globalAveragePool(x)), w, b, { transB: true }));
  return graph;
}

/** Weights that hurt: biases so far down that few units ever answer. */
function shut(weights, body) {
  return new Map(
    body.map(({ value, kind }) => {
      const tensor = weights.get(value);
      return [
        value,
        kind === "bias"
          ? float32(
              tensor.dims,
              tensor.data.map(() => -0.5),
            )
          : tensor,
      ];
    }),
  );
}
