// What scripts/check/real-size.mjs checks of one network; its numbers are made by scripts/golden/real_size.py.
import { float32, toNumbers } from "../../../src/core/tensor.js";
import { fromOnnx } from "../../../src/graph/from-onnx.js";
import { blockForOrt } from "../../../src/graph/passes/block-for-ort.js";
import { fuseForOrt } from "../../../src/graph/passes/fuse-for-ort.js";
import { toOnnx } from "../../../src/graph/to-onnx.js";
import { loopModel } from "../../../src/graph/to-onnx-loop.js";
import { nodeRuntime } from "../../../src/runtime/ort-node.js";
import { slotName } from "../../../src/train/step/state-names.js";
import { count, digest, digestLength, distance, target } from "./draw.js";
import type { Header } from "./golden.js";
import { valuesOf } from "./inputs.js";
import { asked, feedsOf, stepOf, type Trainee } from "./training.js";

interface RealHeader extends Pick<Header, "inputs" | "outputs" | "labels" | "parameters"> {
  readonly loss: number;
  /** Norm of the largest gradient. */
  readonly largest: number;
  /** How far PyTorch's own float32 is from its float64. */
  readonly forward: number;
  readonly gradient: number;
  readonly rate: number;
  /** Parameters whose gradient is compared. */
  readonly chosen: readonly string[];
}

/** float32 against float64: some times as far as PyTorch's own; wrong gradients are wrong by far more. */
const allowed = (peer: number): number => 1e-4 + 5 * peer;

export async function check(bytes: Uint8Array, real: RealHeader, numbers: Float64Array) {
  const rate = [real.rate, real.rate, real.rate];
  const trainee: Trainee = {
    header: {
      ...real,
      rates: { sgd: rate, adam: rate, adamw: rate },
      momentum: 0,
      weightDecay: 0,
    },
    feeds: Object.fromEntries(real.inputs.map((i) => [i.name, valuesOf(i)])),
    targets: () => new Map(real.outputs.map((o) => [o.name, float32(o.dims, target(o.name, o.dims))])),
  };
  let at = 0;
  const error = (purpose: string, ours: readonly number[]): { error: number; size: number } => {
    const theirs = [...numbers.subarray(at, at + digestLength(ours.length, 9))];
    at += theirs.length;
    return distance(digest(purpose, ours), theirs, ours.length);
  };
  const took: number[] = [];
  let before = performance.now();
  const lap = <T>(value: T): T => {
    took.push(Math.round(performance.now() - before));
    before = performance.now();
    return value;
  };
  const runtime = await nodeRuntime();
  try {
    before = performance.now();
    const { graph } = lap(fromOnnx(bytes));
    const forward = await runtime.session(toOnnx(graph));
    const outputs = await forward.run(trainee.feeds);
    await forward.dispose();
    const far = real.outputs.map((o) => error(o.name, toNumbers(outputs[o.name]!)));
    const forwardError = Math.max(...far.map((e) => e.error / e.size));

    before = performance.now();
    const step = stepOf(trainee, graph, "frozen", "sgd");
    const passes = blockForOrt(fuseForOrt(step.graph), {
      blockSize: (await runtime.blockSize?.()) ?? 1,
      fromPixels: 0,
    });
    const model = lap(loopModel(passes, { ...step, steps: "steps" }));
    const state = new Map(step.state.map((s) => [s.input, s.initial]));
    const session = lap(await runtime.training(model, { state }));
    const run = async () =>
      toNumbers((await session.steps(asked(session, feedsOf(trainee, "sgd", 0)), 1)).loss!)[0]!;
    const first = lap(await run());
    const after = await session.readState();
    const gradients = real.chosen.map((p) => error(p, toNumbers(after.get(slotName(p, "momentum"))!)));
    const second = await run();
    await session.dispose();
    const gradientError = Math.max(...gradients.map((e) => e.error / (e.size + 1e-3 * real.largest)));
    const ok =
      forwardError < allowed(real.forward) &&
      gradientError < allowed(real.gradient) &&
      Math.abs(first - real.loss) < 1e-3 * Math.abs(real.loss) &&
      second < first;
    const size = Object.values(real.parameters).reduce((sum, dims) => sum + count(dims), 0);
    const columns = [
      (size / 1e6).toFixed(2).padStart(9) + "M",
      forwardError.toExponential(1).padStart(8),
      gradientError.toExponential(1).padStart(9),
      real.gradient.toExponential(1).padStart(9),
      `${first.toFixed(4)}→${second.toFixed(4)}`.padEnd(15),
      took.map((ms) => String(ms).padStart(6)).join(" "),
    ];
    return { ok, line: columns.join("  ") };
  } finally {
    await runtime.close();
  }
}
