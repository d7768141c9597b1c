import { differentiate } from "../../autodiff/index.js";
import { EngraftError } from "../../core/errors.js";
import { float32, type Tensor } from "../../core/tensor.js";
import { Builder } from "../../graph/builder.js";
import { Graph } from "../../graph/graph.js";
import { stepModel } from "../../graph/to-onnx-step.js";
import { type DeviceDecision, isSoftware } from "../../runtime/device.js";
import { fitted } from "../../runtime/open.js";
import type { Runtime } from "../../runtime/runtime.js";

/** Pictures, side in pixels, channels, and convolutions of the measured network: 11 billion multiplications and additions a step. */
const [batch, side, channels, layers] = [16, 28, 64, 4] as const;
/** Longest measurement of a GPU, in milliseconds: it compiles its programs in a second or two. */
const limit = 20_000;
/** Steps of which the fastest counts, after one that compiles the device's programs. */
const steps = 3;

/**
 * Opens the faster of the CPU and the GPU, measured by training steps of a small convolutional network. The GPU must be a real one, and
 * the runtime says why it was chosen: {@link Runtime.decision}.
 *
 * @param open opens a runtime on a device
 * @throws as `open` for the CPU
 */
export async function openFaster(open: (device: "cpu" | "webgpu") => Promise<Runtime>): Promise<Runtime> {
  const decided = (runtime: Runtime, decision: DeviceDecision): Runtime =>
    Object.assign(runtime, { decision });
  let gpu: Runtime;
  try {
    gpu = await open("webgpu");
  } catch (error) {
    if (!(error instanceof EngraftError && error.kind === "DeviceError")) throw error;
    return decided(await open("cpu"), { because: "missing" });
  }
  const about = gpu.adapter !== undefined && { adapter: gpu.adapter };
  if (gpu.adapter !== undefined && isSoftware(gpu.adapter)) {
    await gpu.close();
    return decided(await open("cpu"), { because: "software", ...about });
  }
  const cpu = await open("cpu");
  const webgpu = await within(limit, stepTime(gpu));
  if (webgpu === undefined) {
    await gpu.close();
    return decided(cpu, { because: "failed", ...about });
  }
  const milliseconds = { cpu: await stepTime(cpu), webgpu };
  const faster = milliseconds.webgpu < milliseconds.cpu;
  await (faster ? cpu : gpu).close();
  return decided(faster ? gpu : cpu, { because: faster ? "faster" : "slower", ...about, milliseconds });
}

/** Returns a measured time; undefined if the measurement fails or takes longer than `most` milliseconds. */
async function within(most: number, time: Promise<number>): Promise<number | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), most);
  });
  try {
    return await Promise.race([time.catch(() => undefined), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Returns the milliseconds of the fastest of some training steps. */
async function stepTime(runtime: Runtime): Promise<number> {
  const { graph, state, feeds } = network();
  const model = stepModel(fitted(runtime, graph), {
    state,
    perStep: ["x"],
    scalars: [graph.outputs.at(-1)!],
  });
  const initial = new Map(state.map(({ input, initial: value }) => [input, value]));
  const session = await runtime.training(model, { state: initial });
  try {
    let best = Number.POSITIVE_INFINITY;
    for (let k = 0; k <= steps; k++) {
      const begin = performance.now();
      await session.steps(feeds, 1);
      // Losses are read after the step, so its time includes the device's.
      if (k > 0) best = Math.min(best, performance.now() - begin);
    }
    return best;
  } finally {
    await session.dispose();
  }
}

/** x ← relu(conv(x, w_i)) for each layer; loss = mean(x²); w_i ← w_i - 0.01 ∂loss/∂w_i. */
function network() {
  const graph = new Graph("measure");
  const g = new Builder(graph);
  const shape = [batch, channels, side, side];
  const sizes = [channels, channels, 3, 3];
  let y = graph.input("x", { dtype: "float32", shape });
  const weights = Array.from({ length: layers }, (_, i) =>
    graph.input(`w${i}`, { dtype: "float32", shape: sizes }),
  );
  for (const w of weights) y = g.relu(g.conv(y, w, undefined, { pads: [1, 1, 1, 1] }));
  const loss = g.reduceMean(g.mul(y, y));
  const gradients = differentiate(graph, loss, weights);
  const state = weights.map((input) => ({
    input,
    output: g.sub(input, g.mul(gradients.get(input)!, g.number(0.01))),
    initial: waves(sizes, 0.05),
  }));
  graph.outputs.push(...state.map(({ output }) => output), loss);
  return { graph, state, feeds: { x: waves([1, ...shape], 1) } };
}

/** Returns numbers in the range of ± scale. */
function waves(dims: readonly number[], scale: number): Tensor<"float32"> {
  const size = dims.reduce((a, b) => a * b, 1);
  return float32(
    dims,
    Float32Array.from({ length: size }, (_, i) => scale * Math.sin(i)),
  );
}
