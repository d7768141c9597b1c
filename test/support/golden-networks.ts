// Networks as PyTorch exports them with PyTorch's numbers, and our training of them. The files and how their
// numbers were made: scripts/golden.
import { readFileSync } from "node:fs";
import { float32, int64, type Tensor, toNumbers } from "../../src/core/tensor.js";
import { fromOnnx } from "../../src/graph/from-onnx.js";
import type { Graph } from "../../src/graph/graph.js";
import { blockForOrt } from "../../src/graph/passes/block-for-ort.js";
import { fuseForOrt } from "../../src/graph/passes/fuse-for-ort.js";
import { recompute } from "../../src/graph/passes/recompute.js";
import { loopModel } from "../../src/graph/to-onnx-loop.js";
import { adam, adamW, sgd } from "../../src/optim/index.js";
import type { Runtime } from "../../src/runtime/runtime.js";
import { classification } from "../../src/train/objectives/objective.js";
import { feedNames, slotName } from "../../src/train/step/state-names.js";
import { buildStep } from "../../src/train/step/step.js";

export interface Header {
  readonly input: readonly number[];
  readonly labels: readonly number[];
  readonly rates: Readonly<Record<Kind, readonly number[]>>;
  readonly momentum: number;
  readonly weightDecay: number;
  readonly opsets: readonly number[];
  readonly arrays: Readonly<Record<string, { readonly dims: readonly number[]; readonly offset: number }>>;
}
export type Kind = "sgd" | "adam" | "adamw";
export type Mode = "frozen" | "train";

export const models = ["resnet-basic", "resnet-bottleneck", "vgg", "alexnet", "mobilenet-v2", "squeezenet"];

function read(file: string): Buffer {
  return readFileSync(new URL(`../golden/${file}`, import.meta.url));
}

/** Numbers of a golden file by name. */
export class Golden {
  readonly header: Header;
  private readonly numbers: Float32Array;
  constructor(readonly name: string) {
    this.header = JSON.parse(read(`${name}.json`).toString("utf8")) as Header;
    this.numbers = new Float32Array(new Uint8Array(read(`${name}.bin`)).buffer);
  }
  get(key: string): number[] {
    const { dims, offset } = this.header.arrays[key]!;
    return [...this.numbers.subarray(offset, offset + dims.reduce((a, b) => a * b, 1))];
  }
  /** What follows this in the names: `under("frozen/gradient/")` are the parameters. */
  under(prefix: string): string[] {
    return Object.keys(this.header.arrays)
      .filter((key) => key.startsWith(prefix))
      .map((key) => key.slice(prefix.length));
  }
  graph(opset = this.header.opsets[0]!): Graph {
    return fromOnnx(new Uint8Array(read(`${this.name}.opset${opset}.onnx`))).graph;
  }
  /** x_i = 2 (i · 2654435761 mod 2³²) / 2³² - 1, as the script makes it. */
  get input(): Tensor<"float32"> {
    const dims = this.header.input;
    const n = dims.reduce((a, b) => a * b, 1);
    return float32(
      dims,
      Float32Array.from({ length: n }, (_, i) => (2 * (Math.imul(i, 2654435761) >>> 0)) / 2 ** 32 - 1),
    );
  }
}

/** ‖a‖, over a whole tensor: elements near 0 do not count for more than they are. */
export function norm(a: readonly number[]): number {
  return Math.hypot(...a);
}
export function minus(a: readonly number[], b: readonly number[]): number[] {
  if (a.length !== b.length) throw new Error(`${a.length} numbers against ${b.length}`);
  return a.map((v, i) => v - b[i]!);
}

const optimizerOf = (kind: Kind, { weightDecay }: Header) =>
  ({ sgd: () => sgd(), adam: () => adam(), adamw: () => adamW({ weightDecay }) })[kind]();

/**
 * Train on the one golden batch; returns losses and the state afterwards.
 * @param twice with as little memory as can be, by computing again what the backward pass reads.
 */
export async function trained(
  runtime: Runtime,
  golden: Golden,
  graph: Graph,
  mode: Mode,
  kind: Kind,
  count: number,
  twice = false,
) {
  const { header } = golden;
  const batch = header.input[0]!;
  const parameters = golden.under("frozen/gradient/");
  const step = buildStep({
    model: graph,
    batch,
    trainable: parameters.map((value) => ({
      value,
      group: 0,
      decay: header.arrays[`frozen/gradient/${value}`]!.dims.length > 1,
    })),
    objective: classification(),
    optimizer: optimizerOf(kind, header),
    batchNorm: mode,
  });
  const blockSize = (await runtime.blockSize?.()) ?? 1;
  const fused = fuseForOrt(step.graph);
  const small = twice ? recompute(fused, { ends: ["loss", "correct", "count"] }) : undefined;
  const graphForRuntime = blockForOrt(small?.graph ?? fused, { blockSize, fromPixels: 0 });
  const model = loopModel(runtime.fit?.(graphForRuntime) ?? graphForRuntime, {
    ...step,
    steps: "steps",
    openBatch: twice,
  });
  const session = await runtime.training(model, {
    state: new Map(step.state.map((s) => [s.input, s.initial])),
  });
  const repeat = <T>(values: ArrayLike<T>): T[] =>
    Array.from({ length: count }, () => Array.from(values)).flat();
  const names = feedNames("train");
  const feeds: Record<string, Tensor> = {
    [names.x]: float32([count, ...header.input], repeat(golden.input.data)),
    [names.labels]: int64([count, batch], repeat(header.labels)),
    [names.weights]: float32([count, batch], new Array(count * batch).fill(1)),
    rates: float32([count, 1], header.rates[kind].slice(0, count)),
    momentum: float32([count], new Array(count).fill(header.momentum)),
    step: float32(
      [count],
      Array.from({ length: count }, (_, i) => i + 1),
    ),
  };
  const fed = session.inputs.map((p) => p.name);
  const results = await session.steps(Object.fromEntries(fed.map((name) => [name, feeds[name]!])), count);
  const state = await session.readState();
  await session.dispose();
  return { losses: toNumbers(results.loss!), state, share: small?.share ?? 0 };
}

/** How far the gradients of the first step are from PyTorch's, and how far they may be, by parameter. */
export async function gradientErrors(runtime: Runtime, golden: Golden, mode: Mode) {
  // v = 0.9 · 0 + g: after one step the momentum is the gradient.
  const { state, losses } = await trained(runtime, golden, golden.graph(), mode, "sgd", 1);
  const largest = largestGradient(golden, mode);
  const errors = golden.under(`${mode}/gradient/`).map((parameter) => {
    const expected = golden.get(`${mode}/gradient/${parameter}`);
    const error = norm(minus(toNumbers(state.get(slotName(parameter, "momentum"))!), expected));
    // The second term: a bias that batch statistics take away again has a gradient of exactly 0.
    return { parameter, error, allowed: 1e-4 * norm(expected) + 1e-6 * largest };
  });
  return { loss: losses[0]!, errors };
}

export function largestGradient(golden: Golden, mode: Mode): number {
  return Math.max(...golden.under(`${mode}/gradient/`).map((p) => norm(golden.get(`${mode}/gradient/${p}`))));
}
