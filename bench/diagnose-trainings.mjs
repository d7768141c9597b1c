// The trainings of a diagnosis, with the product's groups, plans and initialisations, on a network of four convolutions
// whose groups have a known value.
import { headValues, withWeights } from "../dist/bases/heads.js";
import { float32, zeros } from "../dist/core/tensor.js";
import { freshLayers } from "../dist/evidence/diagnose-layers.js";
import { parametersOf } from "../dist/graph/surgery/index.js";
import { scratchPlan } from "../dist/methods/finetune/scratch.js";
import { nodeRuntime } from "../dist/runtime/ort-node.js";
import {
  diagnosisPlan,
  freshGroups,
  initialNetwork,
  layerGroups,
} from "../dist/studies/diagnose/fresh-layers.js";
import { freshWeights } from "../dist/train/initialize.js";
import { batch, drawStripes, stripesNet, trainer } from "./stripes.mjs";

/** The validation split scores a diagnosis, and also chooses each training's best epoch. */
const parts = { train: 128, validation: 200 };
const pretraining = { train: 640, validation: 64 };
/** 8 and three times 16 maps, the first kernel 5 × 5 and the others 3 × 3; the first two halve the image. */
const net = stripesNet(
  [
    [8, 5, 2],
    [16, 3, 2],
    [16, 3, 1],
    [16, 3, 1],
  ],
  "engraft/head",
);
const groups = layerGroups(net, 4);
const variants = freshLayers(groups.length);
const isHead = (value) => value === headValues.weight || value === headValues.bias;
const keyOf = ({ side, groups: fresh }) => `${side} ${fresh}`;
const bitsOf = (right) => right.map(Number).join("");

/** Initial weights. The head starts at 0: it has only 16 inputs, and random weights would outlast a short training. */
const startOf = (graph) =>
  new Map(
    parametersOf(graph).map(({ value }) => {
      const own = graph.initializers.get(value);
      return [value, isHead(value) ? zeros("float32", own.dims) : own];
    }),
  );

/** Returns the base with one group spoiled: each filter is the mean of all, so that one map remains. */
function spoiled(base, { members }) {
  const alike = members
    .filter(({ kind }) => kind === "weight")
    .map(({ value }) => {
      const { dims, data } = base.initializers.get(value);
      const size = data.length / dims[0];
      const mean = new Float32Array(size);
      data.forEach((w, i) => {
        mean[i % size] += w / dims[0];
      });
      return [
        value,
        float32(
          dims,
          Float32Array.from(data, (_, i) => mean[i % size]),
        ),
      ];
    });
  return withWeights(base, new Map(alike));
}

/**
 * @param epochs of a training and of the pretraining. The product takes 15 for so few images, and at most 10 in a diagnosis.
 * @returns `once({ repeat, seed, base })`: the correct validation items by case and variant, as "0110…"
 */
export async function openTrainings({ threads = 1, epochs = { training: 10, pretraining: 20 } } = {}) {
  const runtime = await nodeRuntime({ threads });
  const length = { examples: parts.train, epochs: epochs.training, batch };
  const product = new Map();
  for (const variant of variants)
    product.set(
      variant,
      await trainer(runtime, net, diagnosisPlan(net, length, groups, variant), parts.train),
    );
  const oneRate = await trainer(runtime, net, scratchPlan(net, length), parts.train);
  const base = await pretrained(runtime, epochs.pretraining);
  const bad = groups.map((group) => spoiled(base, group));

  return {
    close: () => runtime.close(),
    async once({ repeat, seed, base: kind }) {
      const data = Object.fromEntries(
        Object.entries(parts).map(([part, n]) => [part, drawStripes(n, 0, `diagnose ${repeat} ${part}`)]),
      );
      const own = 1000 * repeat + seed;
      const trained = async (variant, fit, weights) => {
        const start = startOf(initialNetwork(weights, groups, variant, own));
        const { weights: best } = await fit.run({ ...data, seed: own }, start);
        return bitsOf(await fit.right(data.validation, best));
      };
      if (kind === "null") {
        // Kept weights are another random draw for each seed: the same distribution as fresh ones.
        const other = withWeights(net, freshWeights(net, own + 500));
        const answers = {};
        for (const variant of variants) answers[keyOf(variant)] = await trained(variant, oneRate, other);
        return { null: answers };
      }
      const answers = { good: {} };
      for (const variant of variants) {
        const [key, fit, fresh] = [keyOf(variant), product.get(variant), freshGroups(groups, variant)];
        answers.good[key] = await trained(variant, fit, base);
        for (const [p, group] of groups.entries()) {
          answers[`spoiled ${p + 1}`] ??= {};
          // If the group is fresh, its spoiling has no effect: the training is the same, bit for bit.
          answers[`spoiled ${p + 1}`][key] = fresh.includes(group)
            ? answers.good[key]
            : await trained(variant, fit, bad[p]);
        }
      }
      return answers;
    },
  };
}

/** The network trained on the task rotated by a quarter of a class. */
async function pretrained(runtime, epochs) {
  const { train, validation } = pretraining;
  const plan = scratchPlan(net, { examples: train, epochs, batch });
  const source = {
    train: drawStripes(train, 0.25, "source"),
    validation: drawStripes(validation, 0.25, "source validation"),
  };
  const fit = await trainer(runtime, net, plan, train);
  const { weights } = await fit.run({ ...source, seed: 0 }, freshWeights(net, 0));
  await fit.dispose();
  return withWeights(net, weights);
}
