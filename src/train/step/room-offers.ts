import { featureCuts } from "../../bases/feature-cuts.js";
import { EngraftError } from "../../core/errors.js";
import type { Graph } from "../../graph/graph.js";
import { parametersOf } from "../../graph/surgery/index.js";
import type { TrainableValue } from "./step.js";
import { inWords, leastBytes } from "./step-memory.js";

/** Memory of a step in another form, from shapes alone: nothing is allocated. */
export interface Change {
  readonly batch?: number;
  readonly trainable?: readonly TrainableValue[];
  readonly recompute?: true;
}

export interface Refused {
  readonly model: Graph;
  readonly batch: number;
  readonly trainable: readonly TrainableValue[];
  /** True if the forward pass is always kept. */
  readonly keepsAll: boolean;
  /** Bytes of the requested step, and available bytes. */
  readonly needs: number;
  readonly available: number;
  readonly bytesOf: (change: Change) => number;
}

/**
 * Refuses a step that does not fit, and lists what would fit, in numbers.
 *
 * Bytes are a + b · batch, with b proportional to the pixels; a and b come from the requested step and that of one
 * example. The offered batch is computed exactly; the image size is an estimate.
 */
export function roomRefusal(refused: Refused): EngraftError {
  const { batch, needs, available } = refused;
  const one = batch > 1 ? refused.bytesOf({ batch: 1 }) : needs;
  const each = batch > 1 ? (needs - one) / (batch - 1) : undefined;
  const offers = {
    recompute: recomputeOffer(refused),
    batch: each === undefined ? undefined : batchOffer(refused, one, each),
    imageSize: each === undefined ? undefined : sideOffer(refused, one - each, each * batch),
    trainable: trainableOffer(refused),
  };
  const words = [
    offers.recompute && `compute again instead of keeping (recompute auto): ${inWords(offers.recompute)}`,
    offers.batch && `a batch of ${offers.batch.batch} (batch size): ${inWords(offers.batch.bytes)}`,
    offers.imageSize && `pictures of about ${offers.imageSize} pixels a side (image size)`,
    offers.trainable &&
      `train only what comes after "${offers.trainable.after}" (trainable "after:${offers.trainable.after}"): ${inWords(offers.trainable.bytes)}`,
    "the strategy probe trains a new head alone",
  ].filter((each) => each !== undefined);
  return new EngraftError(
    "OptionError",
    `a training step of ${batch} examples needs at least ${inWords(needs)} of memory, there are ${inWords(available)}`,
    {
      help: `what fits: ${words.join("; ")}; or use a smaller base`,
      details: { needs, available, offers },
    },
  );
}

function recomputeOffer({ keepsAll, available, bytesOf }: Refused): number | undefined {
  const bytes = keepsAll ? bytesOf({ recompute: true }) : undefined;
  return bytes !== undefined && bytes <= available ? bytes : undefined;
}

function batchOffer({ batch, available, bytesOf }: Refused, one: number, each: number) {
  if (one > available || each <= 0) return undefined;
  let most = Math.min(batch - 1, 1 + Math.floor((available - one) / each));
  for (; most > 1; most = Math.floor(0.9 * most)) {
    const bytes = bytesOf({ batch: most });
    if (bytes <= available) return { batch: most, bytes };
  }
  return { batch: 1, bytes: one };
}

/**
 * @param fixed bytes that do not depend on the images
 * @param pictures bytes that do
 */
function sideOffer({ model, available }: Refused, fixed: number, pictures: number): number | undefined {
  const side = sideOf(model);
  if (side === undefined || fixed >= available) return undefined;
  const smaller = Math.floor((side * Math.sqrt((available - fixed) / pictures)) / 32) * 32;
  return smaller >= 32 && smaller < side ? smaller : undefined;
}

/** Side in pixels of the first input, if it holds images. */
function sideOf(model: Graph): number | undefined {
  const shape = model.types.get(model.inputs[0] ?? "")?.shape;
  const sides = shape?.length === 4 ? shape.slice(1).filter((d) => typeof d === "number" && d > 4) : [];
  return sides.length >= 2 ? Math.min(...(sides as number[])) : undefined;
}

/** Returns the first cut after which the weights can be trained within the memory. */
function trainableOffer({ model, trainable, available, bytesOf }: Refused) {
  const depths = new Map(parametersOf(model).map((p) => [p.value, p.depth]));
  const behind = (depth: number) => trainable.filter(({ value }) => (depths.get(value) ?? 0) > depth);
  const cuts = featureCuts(model).filter(({ depth }) => {
    const count = behind(depth).length;
    return count > 0 && count < trainable.length;
  });
  let found: { after: string; bytes: number } | undefined;
  for (let [low, high] = [0, cuts.length - 1]; low <= high; ) {
    const middle = (low + high) >> 1;
    const bytes = bytesOf({ trainable: behind(cuts[middle]!.depth) });
    if (bytes <= available) {
      found = { after: cuts[middle]!.value, bytes };
      high = middle - 1;
    } else low = middle + 1;
  }
  return found;
}

/** Refuses a base that cannot even run on a batch, and lists cuts and sizes that would fit. */
export function baseRefusal(
  graph: Graph,
  batch: number,
  available: number,
  at: (cut: string) => Graph,
): EngraftError {
  const needs = leastBytes(graph);
  const side = sideOf(graph);
  const weights = [...graph.initializers.keys()].reduce(
    (n, v) => n + 4 * (graph.initializers.get(v)?.data.length ?? 0),
    0,
  );
  const smaller =
    side !== undefined && weights < available
      ? Math.floor((side * Math.sqrt((available - weights) / Math.max(1, needs - weights))) / 32) * 32
      : 0;
  let cut: { value: string; bytes: number } | undefined;
  for (const each of featureCuts(graph)) {
    const bytes = leastBytes(at(each.value));
    if (bytes > available) break;
    cut = { value: each.value, bytes };
  }
  const words = [
    smaller >= 32 && `pictures of about ${smaller} pixels a side (image size)`,
    cut && `cut the base at "${cut.value}" (cut): ${inWords(cut.bytes)}`,
  ].filter((word) => typeof word === "string");
  return new EngraftError(
    "OptionError",
    `running the base on ${batch} items needs at least ${inWords(needs)} of memory, there are ${inWords(available)}`,
    {
      help: words.length > 0 ? `what fits: ${words.join("; ")}; or use a smaller base` : "use a smaller base",
      code: "too-little-memory",
      details: {
        needs,
        available,
        offers: { ...(smaller >= 32 && { imageSize: smaller }), ...(cut && { cut }) },
      },
    },
  );
}
