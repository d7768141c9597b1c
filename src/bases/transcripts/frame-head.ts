import { float32 } from "../../core/tensor.js";
import { blank } from "../../data/transcripts/vocabulary.js";
import { Builder } from "../../graph/builder.js";
import type { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";
import type { FrameBody } from "../audio/audio-body.js";
import { headValues, type LinearHead } from "../heads.js";

/** A frame behind the end of a clip has this logit for the blank, and 0 for the other classes: its probability is 1. */
const certain = 100;

/**
 * Returns a body with a linear head on each frame: `logits` float32[batch, frames, V].
 *
 * A frame behind the end of a clip is a blank for certain. So the CTC loss and every decoder give the same for a clip alone and
 * for the padded clip.
 * @param head its start. Default: zeros
 */
export function withFrameHead(
  { graph: body, features, present, width }: FrameBody,
  classes: number,
  head?: LinearHead,
): Graph {
  const graph = body.clone();
  const g = new Builder(graph);
  const rows = head?.weight;
  const columns = Float32Array.from({ length: width * classes }, (_, i) =>
    rows ? rows[(i % classes) * width + Math.floor(i / classes)]! : 0,
  );
  const weight = g.weight(headValues.weight, float32([width, classes], columns));
  const bias = g.weight(headValues.bias, float32([classes], head?.bias ?? new Float32Array(classes)));
  const scores = g.add(g.matmul(features, weight), bias);
  const logits = present === undefined ? scores : blankBehindEnd(g, scores, present, classes);
  graph.push(
    {
      kind: "op",
      op: "Identity",
      name: headValues.logits,
      attributes: {},
      inputs: [logits],
      outputs: [headValues.logits],
    },
    [{ dtype: "float32", shape: [...graph.typeOf(features).shape!.slice(0, 2), classes] }],
  );
  graph.outputs.length = 0;
  graph.outputs.push(headValues.logits);
  return graph;
}

function blankBehindEnd(g: Builder, scores: Value, present: Value, classes: number): Value {
  const only = Float32Array.from({ length: classes }, (_, c) => (c === blank ? certain : 0));
  const inside = g.unsqueeze(present, [2]);
  const outside = g.mul(g.sub(g.number(1), inside), g.constant(float32([classes], only)));
  return g.add(g.mul(scores, inside), outside);
}
