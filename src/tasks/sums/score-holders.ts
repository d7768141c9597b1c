import { EngraftError } from "../../core/errors.js";
import type { ExtendedFacts, HolderFacts } from "../../core/events/run-outcome.js";
import { message, warningText } from "../../core/messages/message.js";
import { rowsAt, rowsOf } from "../../core/results/rows.js";
import type { ClassSample, TargetItem } from "../../data/index.js";
import { groupsOfItems } from "../../data/split/groups.js";
import { leaveOutHolders, scoreHolders } from "../../methods/federated/leave-out-holders.js";
import { type Scoring, scoringOfClasses, scoringOfNumbers } from "../../methods/federated/scoring.js";
import { type FeatureSums, lengthOf, subtractSums } from "../../methods/sums/feature-sums.js";
import type { AddedSums, Context } from "../../run/context.js";
import type { PartFeatures } from "../../train/features.js";
import { type SumsTargets, sumsOfRows } from "./sums-of-rows.js";

/** A holder with its scores on the validation samples. */
export type ScoredHolder = AddedSums["holders"][number] & Pick<HolderFacts, "left_out" | "validation">;

type Targets = Pick<SumsTargets, "names" | "areNumbers">;

/** Returns how samples score a head: classes by the accuracy, numbers by R². */
function scoringOf({ items, features: rows }: PartFeatures, { names, areNumbers }: Targets): Scoring {
  if (!areNumbers)
    return scoringOfClasses({ rows, names, labels: items.map((item) => (item as ClassSample).label) });
  const values = items.flatMap((item) => (item as TargetItem).values);
  return scoringOfNumbers({ rows, names, values, groups: groupsOfItems(items) });
}

/**
 * Decides by the validation split which holders are left out, and warns of each. Without such samples, none is.
 * @param rest sums of the other samples, without the validation split
 */
export async function decideHolders(
  { besides, options, onEvent }: Context,
  validation: PartFeatures,
  targets: Targets,
  rest: FeatureSums | undefined,
): Promise<readonly ScoredHolder[]> {
  const { holders = [] } = besides?.sums ?? {};
  if (holders.length === 0 || validation.items.length === 0)
    return holders.map((one) => ({ ...one, left_out: false }));
  const scoring = scoringOf(validation, targets);
  const { metric } = scoring;
  const scores = await leaveOutHolders(holders, rest, scoring, options.signal);
  for (const [i, { left_out, validation }] of scores.entries())
    if (left_out && validation)
      onEvent({
        event: "warning",
        ...warningText(
          "holder_left_out",
          message("holder-left-out", { holder: holders[i]!.name, metric, ...validation }),
        ),
      });
  return holders.map((one, i) => ({ ...one, ...scores[i]! }));
}

/** Test samples whose features are compared with those of holders, and how many times as long these may be on average. */
const [sampledRows, mostLonger] = [100, 4];

/** @throws DataError for a holder whose features have other lengths than those of the test samples: they scale all weights */
export async function requireLikeLengths(
  { besides, options }: Context,
  { items, features }: PartFeatures,
  targets: Targets,
): Promise<void> {
  const { holders = [] } = besides?.sums ?? {};
  if (holders.length === 0 || items.length === 0) return;
  const some = items.slice(0, sampledRows);
  const rows = rowsOf(rowsAt(features, [...some.keys()]), features.width);
  const { directions } = holders[0]!.sums;
  const meanOf = (sums: FeatureSums): number => lengthOf(sums) / sums.count;
  const usual = meanOf(
    await sumsOfRows({ items: some, features: rows }, { ...targets, directions }, options.signal),
  );
  for (const { name, sums } of holders) {
    const own = meanOf(sums);
    if (own <= mostLonger * usual && usual <= mostLonger * own) continue;
    throw new EngraftError(
      "DataError",
      `the features of ${JSON.stringify(name)} have the mean length ${own.toPrecision(3)}, and those of the test samples ${usual.toPrecision(3)}`,
      {
        help: `ask the holder for another file, or leave out ${JSON.stringify(name)}`,
        details: { holder: name, length: own, usual },
      },
    );
  }
}

/** Returns how many samples a model learnt from, and its test scores with and without each holder. */
export async function holderFields(
  { options }: Context,
  { sums, holders }: { readonly sums: FeatureSums; readonly holders: readonly ScoredHolder[] },
  test: PartFeatures,
  targets: Targets,
): Promise<Pick<ExtendedFacts, "samples" | "holders">> {
  if (holders.length === 0) return { samples: sums.count };
  const scoring = scoringOf(test, targets);
  const facts: HolderFacts[] = [];
  for (const one of holders) {
    const { name, left_out, validation } = one;
    const { metric } = scoring;
    const rest = left_out ? sums : subtractSums(sums, one.sums);
    const [score] = await scoreHolders([one], rest, scoring, options.signal);
    const samples = one.sums.count;
    facts.push({ name, samples, metric, left_out, test: score!, ...(validation && { validation }) });
  }
  return { samples: sums.count, holders: facts };
}
