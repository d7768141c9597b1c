// The layers of `audio-mini` behind its front end, with a head for the classes of the pretraining.
import { audioLayers } from "../../dist/bases/architectures/audio-net.js";
import { maxOverTime, meanOverTime } from "../../dist/bases/audio/pool-frames.js";
import { zeros } from "../../dist/core/tensor.js";
import { Builder } from "../../dist/graph/builder.js";
import { Graph } from "../../dist/graph/graph.js";
import { bands } from "./clips.mjs";
import { recipe } from "./recipe.mjs";

/** `mels` float32[batch, 64, frames] -> logits float32[batch, classes]. @param weights a network with the weights */
export function melNetwork(classes, weights, frames = "frames") {
  const graph = new Graph("audio-mini");
  const mels = graph.input("mels", { dtype: "float32", shape: ["batch", bands, frames] });
  const g = new Builder(graph, "pretraining");
  const one = g.reduceMean(mels, { axes: [1] });
  const present = g.add(g.mul(one, g.number(0)), g.number(1));
  const heard = audioLayers(graph, { values: mels, present }, { widths: recipe.widths });
  const { values, present: kept } = heard.frames;
  const features = g.concat([meanOverTime(g, values, kept), maxOverTime(g, values, kept)], 1);
  const width = 2 * recipe.widths.at(-1);
  const head = new Builder(graph, "head");
  const logits = head.gemm(
    features,
    head.weight("weight", zeros("float32", [classes, width])),
    head.weight("bias", zeros("float32", [classes])),
    { transB: true },
  );
  graph.outputs.push(logits);
  for (const [value, data] of weights?.initializers ?? [])
    if (graph.initializers.has(value)) graph.initializers.set(value, data);
  return graph;
}
