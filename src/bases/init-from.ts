import { EngraftError } from "../core/errors.js";
import type { InitReport } from "../core/results/task.js";
import { formatShape } from "../core/shape.js";
import type { Tensor } from "../core/tensor.js";
import type { Graph } from "../graph/graph.js";
import type { Value } from "../graph/node.js";
import { parametersOf } from "../graph/surgery/index.js";
import { adaptChannels, channelsDiffer } from "../graph/surgery/input-channels.js";

/** Weights that were copied from one model to another, and how. */
export interface Moved extends Pick<InitReport, "matched" | "parameters" | "adapted" | "skipped"> {
  readonly weights: ReadonlyMap<Value, Tensor>;
}

/**
 * Returns weights of another model for the weights of this one with the same name and shape. A convolution that differs
 * only in the number of input channels is adapted; other weights are skipped, with the reason.
 *
 * @throws ModelError if nothing fits
 */
export function moveWeights(from: Graph, to: Graph, where: string): Moved {
  const weights = new Map<Value, Tensor>();
  const adapted: { name: string; how: string }[] = [];
  const skipped: { name: string; why: string }[] = [];
  let [matched, parameters] = [0, 0];
  const wanted = parametersOf(to).map(({ value }) => value);
  for (const value of wanted) {
    const now = to.initializers.get(value)!;
    const other = from.initializers.get(value);
    if (!other) skipped.push({ name: value, why: "the other model has no weight of this name" });
    else if (other.dtype !== "float32") skipped.push({ name: value, why: `it is ${other.dtype} there` });
    else if (formatShape(other.dims) === formatShape(now.dims)) {
      weights.set(value, other);
      matched++;
      parameters += other.data.length;
    } else if (channelsDiffer(other.dims, now.dims)) {
      weights.set(value, adaptChannels(other, now.dims[1]!));
      adapted.push({ name: value, how: `${other.dims[1]} input channels made ${now.dims[1]}` });
      parameters += now.data.length;
    } else
      skipped.push({
        name: value,
        why: `its shape there is ${formatShape(other.dims)}, here ${formatShape(now.dims)}`,
      });
  }
  const left = parametersOf(from).filter(({ value }) => !to.initializers.has(value));
  for (const { value } of left) skipped.push({ name: value, why: "only the other model has it" });
  if (weights.size === 0)
    throw new EngraftError(
      "ModelError",
      `no weight of ${where} fits: none has the name and shape of one here`,
      {
        at: `there: ${names(parametersOf(from).map((p) => p.value))}; here: ${names(wanted)}`,
        help: "give a model of the same architecture, exported by the same program; or use it as --base",
      },
    );
  return { weights, matched, parameters, adapted, skipped };
}

const names = (list: readonly string[]): string =>
  list
    .slice(0, 4)
    .map((n) => `"${n}"`)
    .join(", ") + (list.length > 4 ? `, and ${list.length - 4} more` : "");
