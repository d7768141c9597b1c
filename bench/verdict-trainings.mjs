// Trainings of a tenth of a second each: a small convolutional network on generated images, from four kinds of initial
// weights.
import { float32, zeros } from "../dist/core/tensor.js";
import { parametersOf } from "../dist/graph/surgery/index.js";
import { scratchPlan } from "../dist/methods/finetune/scratch.js";
import { nodeRuntime } from "../dist/runtime/ort-node.js";
import { freshWeights } from "../dist/train/initialize.js";
import { batch, drawStripes, stripesNet, trainer } from "./stripes.mjs";

const parts = { train: 64, validation: 32, test: 400 };
const pretraining = { train: 640, validation: 64, epochs: 12 };
/** conv 5 × 5, 8 maps – ReLU – conv 3 × 3, 16 maps – ReLU – mean over the image – linear. */
const net = stripesNet(
  [
    [8, 5, 2],
    [16, 3, 2],
  ],
  "head",
);
const planOf = (examples, epochs) => scratchPlan(net, { examples, epochs, batch });

/** @returns `repeat(r, kinds)`: results of these initial weights on 400 test items, for each seed */
export async function openTrainings({ seeds, epochs, threads = 1 }) {
  const runtime = await nodeRuntime({ threads });
  const body = parametersOf(net).filter(({ value }) => !value.startsWith("head/"));
  /** The head starts at 0, because nothing is known about the classes yet. */
  const fresh = (seed) =>
    new Map(
      [...freshWeights(net, seed)].map(([value, t]) => [
        value,
        value.startsWith("head/") ? zeros("float32", t.dims) : t,
      ]),
    );
  const target = await trainer(runtime, net, planOf(parts.train, epochs), parts.train);

  /** Pretrained on the task rotated by a quarter of a class; on random labels; with dead units. */
  const source = drawStripes(pretraining.train, 0.25, "source");
  const held = drawStripes(pretraining.validation, 0.25, "source validation");
  const pretrainer = await trainer(
    runtime,
    net,
    planOf(pretraining.train, pretraining.epochs),
    pretraining.train,
  );
  const learnt = await pretrainer.run({ train: source, validation: held, seed: 0 }, fresh(0));
  await pretrainer.dispose();
  const good = new Map(
    body
      .filter(({ value }) => value.startsWith("conv1/"))
      .map(({ value }) => [value, learnt.weights.get(value)]),
  );
  const bad = shut(fresh(1), body);

  return {
    pretrained: learnt.best.score,
    close: () => runtime.close(),
    async repeat(r, kinds) {
      const data = Object.fromEntries(
        Object.entries(parts).map(([part, n]) => [part, drawStripes(n, 0, `${r} ${part}`)]),
      );
      const answers = Object.fromEntries(kinds.map((kind) => [kind, []]));
      for (let k = 0; k < seeds; k++) {
        const own = 1000 * (r + 1) + k;
        // Both trainings of a seed see the batches in the same order, like a run and its training from scratch.
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

/** Harmful weights: biases so low that few units are ever active. */
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
