// Compares the forms of a convolution's gradients with its forward pass, best of several runs: processor time of one
// thread, which other load hardly affects, or wall time with more threads.
import ort from "onnxruntime-node";
import { inputForms } from "../dist/autodiff/rules/conv-input-gradient.js";
import { hasPhases } from "../dist/autodiff/rules/conv-phases.js";
import { forms } from "../dist/autodiff/rules/conv-weight-gradient.js";
import { Builder } from "../dist/graph/builder.js";
import { Graph } from "../dist/graph/graph.js";
import { fuseForOrt } from "../dist/graph/passes/fuse-for-ort.js";
import { toOnnx } from "../dist/graph/to-onnx.js";

/** batch, channels in, side, channels out, kernel, stride */
const shapes = [
  [128, 32, 24, 32, 3, 1],
  [128, 64, 12, 64, 3, 1],
  [128, 128, 6, 128, 3, 1],
  [128, 256, 3, 256, 3, 1],
  [128, 3, 48, 32, 3, 2],
  [16, 3, 224, 16, 3, 1],
  [16, 3, 224, 32, 3, 2],
  [16, 3, 224, 64, 7, 2],
  [16, 3, 224, 64, 11, 4],
  [16, 16, 112, 32, 3, 1],
  [16, 16, 56, 128, 3, 1],
  [16, 64, 56, 64, 3, 1],
  [16, 128, 28, 128, 3, 1],
  [16, 256, 14, 256, 3, 1],
  [16, 512, 7, 512, 3, 1],
  [16, 128, 56, 128, 3, 2],
  [16, 256, 28, 256, 3, 2],
  [16, 512, 14, 512, 3, 2],
  [128, 32, 24, 64, 3, 2],
];

export const bench = {
  about: "the forms of a convolution's gradients against its forward pass",
  needs: [],
  options: {
    runs: { type: "number", default: 7, about: "runs of each form; the best counts" },
    threads: { type: "number", default: 1, about: "threads; from 2 on, the time that passes is measured" },
    only: { type: "string", default: "", about: "only the forms whose name holds this" },
    shapes: { type: "number", default: shapes.length, about: "only so many shapes" },
  },
  smallest: { runs: 1, shapes: 1 },
};

export async function main({ json, runs, threads, only, shapes: most }) {
  for (const [n, c, side, o, kernel, stride] of shapes.slice(0, most)) {
    const pad = (kernel - 1) / 2;
    const out = Math.floor((side + 2 * pad - kernel) / stride) + 1;
    const shape = {
      x: [n, c, side, side],
      w: [o, c, kernel, kernel],
      y: [n, o, out, out],
      kernel_shape: [kernel, kernel],
      strides: [stride, stride],
      dilations: [1, 1],
      pads: [pad, pad, pad, pad],
      group: 1,
    };
    const pads = shape.pads;
    const candidates = {
      forward: (g, { x, w }) => g.conv(x(), w(), "", { pads, strides: shape.strides }),
      ...(stride === 1 && { "dx flipped": (g, { w, dy }) => inputForms.flipped(g, w(), dy(), shape) }),
      ...(hasPhases(shape) && { "dx phases": (g, { w, dy }) => inputForms.phases(g, w(), dy(), shape) }),
      "dx transposed": (g, { w, dy }) => inputForms.transposed(g, w(), dy(), shape),
      "dw im2col": (g, { x, dy }) => forms.im2col(g, x(), dy(), shape),
      "dw images-last": (g, { x, dy }) => forms["images-last"](g, x(), dy(), shape),
      "dw outer-shift": (g, { x, dy }) => forms["outer-shift"](g, x(), dy(), shape),
      ...(c <= 4 && { "dw exchanged": (g, { x, dy }) => forms.exchanged(g, x(), dy(), shape) }),
    };
    const ms = {};
    for (const [name, build] of Object.entries(candidates))
      if (name === "forward" || name.includes(only)) ms[name] = await fastest(build, shape, runs, threads);
    if (json) console.log(JSON.stringify({ x: shape.x, w: shape.w, stride, threads, ms }));
    else {
      const times = Object.entries(ms).map(
        ([name, t]) => `${name} ${t.toFixed(1)} (${(t / ms.forward).toFixed(2)})`,
      );
      console.log(`x ${shape.x.join("×")}  w ${shape.w.join("×")}  stride ${stride}:  ${times.join("  ")}`);
    }
  }
}

async function fastest(build, shape, runs, threads) {
  const graph = new Graph();
  const feeds = {};
  const input = (name, dims) => () => {
    feeds[name] ??= new ort.Tensor(
      "float32",
      Float32Array.from({ length: dims.reduce((a, b) => a * b) }, (_, i) => ((i * 7919) % 1000) / 500 - 1),
      dims,
    );
    return graph.has(name) ? name : graph.input(name, { dtype: "float32", shape: dims });
  };
  graph.outputs.push(
    build(new Builder(graph), { x: input("x", shape.x), w: input("w", shape.w), dy: input("dy", shape.y) }),
  );
  const session = await ort.InferenceSession.create(toOnnx(fuseForOrt(graph)), {
    intraOpNumThreads: threads,
    enableMemPattern: false,
    logSeverityLevel: 3,
  });
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < runs; i++) {
    const before = process.cpuUsage();
    const start = performance.now();
    await session.run(feeds);
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, threads > 1 ? performance.now() - start : (user + system) / 1000);
  }
  await session.release?.();
  return best;
}
