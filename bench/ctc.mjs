// The share of the CTC loss in a training step of speech: the step of the bundled base with its head, against the same step whose
// loss is a mean of the logits. The share falls with the size of the network.
import * as ort from "onnxruntime-node";
import { openAudioBase } from "../dist/bases/audio/audio-base.js";
import { audioFrames } from "../dist/bases/audio/audio-body.js";
import { withContext } from "../dist/bases/transcripts/context-layers.js";
import { withFrameHead } from "../dist/bases/transcripts/frame-head.js";
import { bindDims, parametersOf } from "../dist/graph/surgery/index.js";
import { loopModel } from "../dist/graph/to-onnx-loop.js";
import { adamW } from "../dist/optim/index.js";
import { nodePlatform } from "../dist/platform/node.js";
import { freshWeights } from "../dist/train/initialize.js";
import { transcripts } from "../dist/train/objectives/transcript-objective.js";
import { buildStep } from "../dist/train/step/step.js";
import { inNewProcess, once, print, time } from "./measure.mjs";

const options = {
  batch: { type: "number", default: 8, about: "clips a step" },
  seconds: { type: "number", default: 10, about: "length of a clip" },
  labels: { type: "number", default: 60, about: "characters of a transcript" },
  threads: { type: "number", default: 1, about: "threads" },
};

export const bench = {
  about: "the share of the CTC loss in a training step of speech",
  needs: [],
  options,
  smallest: { batch: 1, seconds: 1, labels: 4 },
};

export async function main(options) {
  const plain = await inNewProcess(import.meta.url, measureStep, { ...options, loss: "mean" });
  const ctc = await inNewProcess(import.meta.url, measureStep, { ...options, loss: "ctc" });
  const share = 1 - plain.step_ms / ctc.step_ms;
  print({ step_ms: ctc.step_ms, without_ms: plain.step_ms, share, ...options }, options.json);
}

/** Median time of one step, with the runtime in this thread. */
export async function measureStep({ batch, seconds, labels, threads, loss, smallest }) {
  const samples = 16_000 * seconds;
  const frames = withContext(audioFrames(await openAudioBase("audio-mini", { platform: nodePlatform })));
  const classes = 32;
  const headed = withFrameHead(frames, classes);
  const model = bindDims(headed, { [headed.typeOf(headed.inputs[0]).shape[1]]: samples });
  for (const [name, data] of freshWeights(model, 1)) model.initializers.set(name, data);
  const mean = {
    needs: ["train"],
    rows: { targets: [labels] },
    terms(g, apply, { train }) {
      const { logits, ...rest } = apply(train.x);
      const rows = g.reduceMean(logits, { axes: [1] });
      const value = g.add(g.reduceMean(rows), g.mul(g.reduceMean(train.rows.targets), g.number(0)));
      return { terms: { mean: { value, weight: 1 } }, logits: { logits: rows, ...rest } };
    },
  };
  const step = buildStep({
    ...{ model, batch, batchNorm: "frozen", optimizer: adamW({ weightDecay: 0.01 }), clipNorm: 1 },
    trainable: parametersOf(model)
      .filter(({ kind }) => kind !== "statistic")
      .map(({ value }) => ({ value, group: 0, decay: false })),
    objective: loss === "ctc" ? transcripts({ most: labels }) : mean,
  });
  const bytes = loopModel(step.graph, { ...step, steps: "steps" });
  const session = await ort.InferenceSession.create(bytes, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
  });
  const float = (dims, fill) => {
    const n = dims.reduce((a, b) => a * b, 1);
    return new ort.Tensor(
      "float32",
      Float32Array.from({ length: n }, (_, i) => fill(i)),
      dims,
    );
  };
  const feeds = {
    steps: new ort.Tensor("int64", BigInt64Array.of(1n), []),
    "train.x": float([1, batch, samples], (i) => 0.1 * Math.sin(i * 0.05 * (1 + (i % 7)))),
    "train.labels": new ort.Tensor("int64", new BigInt64Array(batch), [1, batch]),
    "train.weights": float([1, batch], () => 1),
    "train.targets": float([1, batch, labels], (i) => 2 + (i % (classes - 2))),
    rates: float([1, 1], () => 1e-4),
    momentum: float([1], () => 0.9),
    step: float([1], () => 1),
  };
  for (const { input, initial } of step.state)
    feeds[input] = new ort.Tensor("float32", initial.data, initial.dims);
  const given = Object.fromEntries(session.inputNames.map((name) => [name, feeds[name]]));
  return { step_ms: await time(() => session.run(given), smallest ? once : {}) };
}
