import type { LinearHead } from "../../bases/heads.js";
import { sumsInFolder } from "../../bases/model-folder/sample-parts.js";
import { EngraftError } from "../../core/errors.js";
import { message, type Sentence } from "../../core/messages/message.js";
import { rowsAt, rowsOf } from "../../core/results/rows.js";
import type { Sample } from "../../data/index.js";
import {
  addSums,
  classesOf,
  type FeatureSums,
  namesOf,
  subtractSums,
} from "../../methods/sums/feature-sums.js";
import { solveSums } from "../../methods/sums/solve-sums.js";
import type { Context } from "../../run/context.js";
import {
  baseOptionsOf,
  contentOf,
  drawPartId,
  isPath,
  splitOf,
  writeSums,
} from "../../run/folder/sums-in-folder.js";
import { featureKeyOf, openTrunk } from "../../run/setup.js";
import { mayRefit } from "../../run/training/may-refit.js";
import type { PartFeatures } from "../../train/features.js";
import { decideHolders, type ScoredHolder } from "./score-holders.js";
import { type SumsTargets, sumsOfRows } from "./sums-of-rows.js";

/** Computes the features of samples of an opened base, and adds them up. */
export async function sumsOfItems(
  context: Pick<Context, "opened" | "machine" | "inputs" | "onEvent"> & {
    readonly options: Pick<Context["options"], "cache" | "signal">;
    readonly run: { readonly path: string };
  },
  items: readonly Sample[],
  targets: Omit<SumsTargets, "task">,
): Promise<FeatureSums> {
  const { opened, machine, options, inputs, onEvent, run } = context;
  const { signal } = options;
  const trunk = await openTrunk(opened, machine.runtime, machine.platform, { ...options, onEvent }, inputs);
  const features = await trunk.features(items, { onEvent, signal, folder: run.path });
  try {
    return await sumsOfRows({ features, items }, targets, signal);
  } finally {
    features.close();
    await trunk.close();
  }
}

/** A head that was solved from feature sums. */
interface HeadFromSums {
  readonly head: LinearHead;
  /** The head without the validation split, which predicts for that split. */
  readonly ofTrain: LinearHead;
  /** True if `head` was solved on the validation split too. */
  readonly refitted: boolean;
  readonly recipe: readonly Sentence[];
  /** What `head` was solved from. */
  readonly sums: FeatureSums;
  readonly holders: readonly ScoredHolder[];
}

/**
 * Solves a head from the feature sums of the training and validation splits, and of those of others. Writes the sums to the run
 * folder.
 * @throws DataError for a class without training samples
 */
export async function solveFromSums(
  context: Context,
  { train, validation }: Readonly<Record<"train" | "validation", PartFeatures>>,
  targets: SumsTargets,
): Promise<HeadFromSums> {
  const { besides, run, machine, dataset, opened, options } = context;
  const added = besides?.sums;
  const refits = mayRefit(context);
  const isKnown = (item: Sample): boolean => added?.includes(item) === true;
  const { directions } = added?.sums ?? added?.holders[0]?.sums ?? {};
  const collect = (part: PartFeatures) => sumsOfRows(part, { ...targets, directions }, options.signal);
  const fresh = await collect(where(validation, (item) => !isKnown(item)));
  const known = await collect(where(validation, isKnown));
  const own = [await collect(where(train, (item) => !isKnown(item))), ...(refits ? [fresh] : [])].filter(
    ({ count }) => count > 0,
  );
  const rest = [...(added?.sums ? [added.sums] : []), ...own];
  const held = [...(refits ? [fresh] : []), known];
  const holders = await decideHolders(
    context,
    validation,
    targets,
    rest.length === 0 ? undefined : held.reduce(withoutHeld, rest.reduce(addSums)),
  );
  const kept = holders.filter((one) => !one.left_out);
  const all = [...rest, ...kept.map((one) => one.sums)];
  if (all.length === 0)
    throw new EngraftError("DataError", "there are no samples to learn from", { help: "add some" });
  const sums = all.reduce(addSums);
  requireEachClass(sums, targets.names, holders);
  const samples = own.reduce((all, { count }) => all + count, 0);
  const { base } = opened;
  const whole = {
    samples,
    ...(await contentOf(machine.platform, dataset.items)),
    split: splitOf(options, dataset.seed),
    ...("classes" in sums.targets && { classes: targets.names }),
  };
  const leftOut = new Set(holders.flatMap((one) => (one.left_out ? one.parts : [])));
  const collected = (added ? added.collected : [whole]).map((part) => ({ ...part, id: drawPartId() }));
  await writeSums(machine.platform, run.file(sumsInFolder), {
    task: targets.task,
    key: await featureKeyOf(opened, machine.runtime, machine.platform),
    options: {
      ...baseOptionsOf(options),
      base: isPath(options.base) ? `file:${base.name}` : (options.base ?? base.name),
    },
    parts: [
      ...(added?.parts ?? []).filter(({ id }) => !leftOut.has(id)),
      ...collected.filter((part) => part.samples > 0),
    ],
    ...(added?.removed && { removed: added.removed }),
    sums,
  });
  return {
    head: headFrom(sums, targets.names),
    ofTrain: headFrom(held.reduce(withoutHeld, sums), targets.names),
    sums,
    holders,
    refitted: refits && fresh.count > 0,
    recipe: [
      message("from-feature-sums", {
        model: "classes" in sums.targets ? "discriminant" : "ridge",
        samples: sums.count,
      }),
    ],
  };
}

/** Returns the samples for which a condition holds. */
function where({ items, features }: PartFeatures, holds: (item: Sample) => boolean): PartFeatures {
  const places = items.flatMap((item, i) => (holds(item) ? [i] : []));
  if (places.length === items.length) return { items, features };
  return {
    items: places.map((i) => items[i]!),
    features: rowsOf(rowsAt(features, places), features.width),
  };
}

function requireEachClass(
  sums: FeatureSums,
  names: readonly string[],
  holders: readonly ScoredHolder[],
): void {
  const seen = new Set(namesOf(sums));
  const missing = names.find((name) => !seen.has(name));
  if (missing === undefined) return;
  const only = holders.find((one) => one.left_out && namesOf(one.sums).includes(missing));
  if (only)
    throw new EngraftError(
      "DataError",
      `the sums of ${JSON.stringify(only.name)} lower the accuracy on the validation samples, and only they have class ${JSON.stringify(missing)}`,
      {
        help: `leave out ${JSON.stringify(only.name)}; or, if the class is right, add samples of it`,
        details: { class: missing, holder: only.name },
      },
    );
  throw new EngraftError("DataError", `class ${JSON.stringify(missing)} has no training samples`, {
    help: "feature sums need at least one sample of each class: add some, or leave the class out",
    details: { class: missing },
  });
}

/** Returns sums without held-out samples. Classes that have no other samples keep theirs. */
function withoutHeld(sums: FeatureSums, held: FeatureSums): FeatureSums {
  if (held.count === 0 || held.count === sums.count) return sums;
  const counts = new Map(classesOf(sums).map(({ name, count }) => [name, count]));
  const isWhole = classesOf(held).some(({ name, count }) => counts.get(name) === count);
  return isWhole ? sums : subtractSums(sums, held);
}

/**
 * Returns the solved head with its outputs in a given order. All classes have a large part of their weights in common, which changes no
 * probability: the mean is subtracted, so that float32 keeps the differences.
 */
export function headFrom(sums: FeatureSums, names: readonly string[]): LinearHead {
  const { weight, bias } = solveSums(sums);
  const dims = weight.length / bias.length;
  const order = names.map((name) => namesOf(sums).indexOf(name));
  const isClasses = "classes" in sums.targets;
  const mean = (values: Float64Array, width: number, t: number): number => {
    if (!isClasses) return 0;
    let sum = 0;
    for (let at = t; at < values.length; at += width) sum += values[at]!;
    return sum / (values.length / width);
  };
  const shift = Float64Array.from({ length: dims }, (_, t) => mean(weight, dims, t));
  const shiftBias = mean(bias, 1, 0);
  return {
    weight: Float32Array.from({ length: order.length * dims }, (_, p) => {
      const t = p % dims;
      return weight[order[Math.floor(p / dims)]! * dims + t]! - shift[t]!;
    }),
    bias: Float32Array.from(order, (c) => bias[c]! - shiftBias),
  };
}
