// Trainings of a few steps on networks of two layers, one for each kind of loss: they run on any runtime.
import { draws } from "../../src/core/random.js";
import { float32, int64, type Tensor } from "../../src/core/tensor.js";
import { Builder } from "../../src/graph/builder.js";
import { Graph } from "../../src/graph/graph.js";
import type { Value } from "../../src/graph/node.js";
import type { EngraftEvent } from "../../src/index.js";
import { adamW, constant } from "../../src/optim/index.js";
import type { Runtime } from "../../src/runtime/runtime.js";
import { prepareFit } from "../../src/train/fit.js";
import { detection } from "../../src/train/objectives/detection-objective.js";
import { classification, type Objective } from "../../src/train/objectives/objective.js";
import { segmentation } from "../../src/train/objectives/segmentation-objective.js";
import { transcripts } from "../../src/train/objectives/transcript-objective.js";

const [batch, channels] = [6, 8] as const;
const normal = (name: string, dims: readonly number[], scale = 1): Tensor<"float32"> => {
  const draw = draws(7, name);
  return float32(
    dims,
    Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => scale * draw.normal()),
  );
};
const uniform = (name: string, dims: readonly number[], from: number, to: number): Tensor<"float32"> => {
  const draw = draws(7, name);
  return float32(
    dims,
    Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => from + (to - from) * draw.uniform()),
  );
};
const whole = (t: Tensor<"float32">): Tensor<"float32"> => float32(t.dims, t.data.map(Math.floor));

/** A task's loss on a network of two layers, whose weights are "first" and "second". */
interface SmallTask {
  readonly objective: Objective<"train">;
  readonly x: readonly number[];
  readonly logits: (g: Builder, x: Value) => Value;
  readonly rows: (step: number) => Readonly<Record<string, Tensor>>;
}

/** w₂ silu(w₁ x), for each place. */
const twoLayers = (g: Builder, x: Value, outputs: number): Value => {
  const inner = g.matmul(x, g.weight("first", normal("first", [channels, 16], 0.4)));
  const active = g.mul(inner, g.sigmoid(inner));
  return g.matmul(active, g.weight("second", normal("second", [16, outputs], 0.4)));
};

/** A small network for each kind of loss. */
export const smallTasks = {
  "picture classes": {
    objective: classification(),
    x: [3, 8, 8],
    // w₂ · mean over places of silu(w₁ ∗ x)
    logits: (g, x) => {
      const maps = g.conv(x, g.weight("first", normal("first", [16, 3, 3, 3], 0.4)), "", { strides: [2, 2] });
      const pooled = g.flatten(g.globalAveragePool(g.mul(maps, g.sigmoid(maps))));
      return g.matmul(pooled, g.weight("second", normal("second", [16, 5], 0.4)));
    },
    rows: (k) => ({ labels: int64([batch], [...whole(uniform(`labels ${k}`, [batch], 0, 5)).data]) }),
  },
  boxes: {
    objective: detection({ classes: 3, places: 40 }),
    x: [40, channels],
    logits: (g, x) => twoLayers(g, x, 7),
    rows: (k) => ({
      assigned: whole(uniform(`assigned ${k}`, [batch, 40], 0, 8)),
      distances: uniform(`distances ${k}`, [batch, 40, 4], 0.3, 3),
      counted: whole(uniform(`counted ${k}`, [batch, 40], 0.5, 2)),
    }),
  },
  masks: {
    objective: segmentation({ classes: 3, height: 8, width: 8 }),
    x: [8, 8, channels],
    logits: (g, x) => g.transpose(twoLayers(g, x, 3), [0, 3, 1, 2]),
    rows: (k) => {
      const classes = whole(uniform(`shares ${k}`, [batch, 8, 8], 0, 3));
      const shares = new Float32Array(batch * 3 * 64);
      classes.data.forEach((c, i) => {
        shares[(Math.floor(i / 64) * 3 + c) * 64 + (i % 64)] = 1;
      });
      return {
        shares: float32([batch, 3, 8, 8], shares),
        labelled: uniform(`labelled ${k}`, [batch, 8, 8], 0, 1),
      };
    },
  },
  speech: {
    objective: transcripts({ most: 4 }),
    x: [12, channels],
    logits: (g, x) => twoLayers(g, x, 5),
    // Characters 1 … 4, then zeros.
    rows: (k) => {
      const targets = whole(uniform(`targets ${k}`, [batch, 4], 1, 5));
      return {
        targets: float32(
          targets.dims,
          targets.data.map((c, i) => (i % 4 < 3 ? c : 0)),
        ),
      };
    },
  },
} satisfies Readonly<Record<string, SmallTask>>;

/** Returns the loss of each epoch, and the weights at the end. @param steps of each epoch */
export async function trainSmall(
  { objective, x, logits, rows }: SmallTask,
  runtime: Runtime,
  { epochs, steps }: { readonly epochs: number; readonly steps: number },
): Promise<number[]> {
  const graph = new Graph("small");
  const g = new Builder(graph);
  graph.outputs.push(logits(g, graph.input("x", { dtype: "float32", shape: ["batch", ...x] })));
  const events: EngraftEvent[] = [];
  const fit = await prepareFit({
    ...{ runtime, model: graph, objective, batch, stepsPerEpoch: steps, epochs },
    trainable: ["first", "second"].map((value) => ({ value, group: 0, decay: true })),
    ...{ optimizer: adamW(), batchNorm: "frozen", clipNorm: 1, schedule: constant(), rates: [0.01] },
    feeds: async function* (_, from) {
      for (let k = from; k < steps; k++)
        yield {
          "train.x": normal(`x ${k}`, [batch, ...x]),
          "train.labels": int64([batch], new Array<number>(batch).fill(0)),
          "train.weights": float32([batch], new Array<number>(batch).fill(1)),
          ...Object.fromEntries(Object.entries(rows(k)).map(([name, value]) => [`train.${name}`, value])),
        };
    },
    validate: async () => ({ loss: 0, score: 0 }),
    ...{ stage: "small", onEvent: (event: EngraftEvent) => events.push(event) },
  });
  await fit.run();
  const state = await fit.session.readState();
  await fit.dispose();
  const weights = ["first", "second"].flatMap((name) => [...(state.get(name)!.data as Float32Array)]);
  return [...events.flatMap((e) => (e.event === "epoch" ? [e.train_loss] : [])), ...weights];
}
