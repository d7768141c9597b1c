import { EngraftError } from "../core/errors.js";
import { message } from "../core/messages/message.js";
import { type InitReport, leftOut, movedPart, type NamedReason } from "../core/results/task.js";
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
  const adapted: InitReport["adapted"][number][] = [];
  const skipped: NamedReason[] = [];
  let [matched, parameters] = [0, 0];
  const wanted = parametersOf(to).map(({ value }) => value);
  for (const value of wanted) {
    const now = to.initializers.get(value)!;
    const other = from.initializers.get(value);
    if (!other) skipped.push(leftOut(value, message("weight-not-in-other")));
    else if (other.dtype !== "float32")
      skipped.push(leftOut(value, message("weight-type-differs", { type: other.dtype })));
    else if (formatShape(other.dims) === formatShape(now.dims)) {
      weights.set(value, other);
      matched++;
      parameters += other.data.length;
    } else if (channelsDiffer(other.dims, now.dims)) {
      weights.set(value, adaptChannels(other, now.dims[1]!));
      adapted.push(
        movedPart(value, message("weight-channels-adapted", { from: other.dims[1]!, to: now.dims[1]! })),
      );
      parameters += now.data.length;
    } else
      skipped.push(
        leftOut(
          value,
          message("weight-shape-differs", { there: formatShape(other.dims), here: formatShape(now.dims) }),
        ),
      );
  }
  const left = parametersOf(from).filter(({ value }) => !to.initializers.has(value));
  for (const { value } of left) skipped.push(leftOut(value, message("weight-only-in-other")));
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
