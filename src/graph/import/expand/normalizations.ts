import type { Value } from "../../node.js";
import { cannot, type Expand, type Expansion, required } from "./expansion.js";
import { layerNormalization, rmsNormalization } from "./layer-normalization.js";

/** Epsilon of the skip normalisations where the file gives none (com.microsoft's schema). */
const standardEpsilon = 1e-12;

/** input + skip (+ bias): outputs 0 and 3 of both skip normalisations. */
function skipped(e: Expansion, bias: Value | undefined): Value {
  if (e.reads(1) || e.reads(2)) cannot("its mean or deviation is read");
  const sum = e.g.add(required(e, 0, "input"), required(e, 1, "skip"));
  return bias === undefined ? sum : e.g.add(sum, bias);
}

export const normalizations = {
  // y = LayerNormalization(input + skip + bias)
  SkipLayerNormalization(e) {
    const gamma = required(e, 2, "gamma");
    const epsilon = e.a.floatOr("epsilon", standardEpsilon);
    const sum = skipped(e, e.input(4));
    return [layerNormalization(e.g, sum, { gamma, beta: e.input(3), epsilon }), undefined, undefined, sum];
  },
  // y = x / rms(x) * gamma, x = input + skip + bias
  SkipSimplifiedLayerNormalization(e) {
    const gamma = required(e, 2, "gamma");
    const epsilon = e.a.floatOr("epsilon", standardEpsilon);
    const sum = skipped(e, e.input(3));
    return [rmsNormalization(e.g, sum, { gamma, epsilon }), undefined, undefined, sum];
  },
} satisfies Record<string, Expand>;

/** Operators that onnxruntime writes without a domain although the specification has none of that name. */
export const unnamed = {
  // y = x / rms(x) * scale
  SimplifiedLayerNormalization(e) {
    const x = required(e, 0, "x");
    if (e.reads(1)) cannot("its deviation is read");
    const axis = e.a.int("axis") ?? -1;
    if (axis !== -1 && axis !== e.g.rank(x) - 1) cannot(`it normalises from axis ${axis} on`);
    const epsilon = e.a.floatOr("epsilon", 1e-5);
    return [rmsNormalization(e.g, x, { gamma: required(e, 1, "scale"), epsilon })];
  },
} satisfies Record<string, Expand>;
