import type { BasePart } from "../../bases/open/open-base.js";
import type { Interval } from "../../core/events/events.js";
import type { JoinedFacts } from "../../core/events/run-outcome.js";
import { inEnglish, message } from "../../core/messages/message.js";
import { scoreOrWorst } from "../../core/results/metric.js";
import { type Rows, rowsAt, rowsOf, stackedRows } from "../../core/results/rows.js";
import { arePictures, pictureInputs, type Sample } from "../../data/index.js";
import { groupsOfItems } from "../../data/split/groups.js";
import { stratifiedFolds } from "../../methods/probe/folds.js";
import type { Context } from "../../run/context.js";
import { openTrunk } from "../../run/setup.js";
import { difference, fewestGroups } from "../../statistics/index.js";
import type { PartFeatures } from "../../train/features.js";

type Splits<Item extends Sample> = Readonly<Record<Sample["part"], PartFeatures<Item>>>;

/** A linear model on some of the features. */
interface PartModel {
  readonly strength: number;
  /** Score of the validation split, of a model that was not fitted on it. */
  readonly validation: number;
  readonly test: number;
  readonly ci95: Interval | null;
  /** Share of each test sample in the score. */
  readonly shares: ArrayLike<number>;
}

/** Fits a model on features of a width. @param strength of the penalty. Default: chosen */
type Fit<Item extends Sample> = (
  splits: Splits<Item>,
  width: number,
  strength?: number,
) => Promise<PartModel>;

/** Most samples for folds. Of more, the validation split is large enough to choose on. */
const mostForFolds = 5000;

/**
 * Fits the same linear model on the features of all joined bases, and on those of each base alone. The best base alone is chosen by folds of
 * the training and validation splits, never by the test split.
 */
export async function compareParts<Item extends Sample>(
  context: Context,
  splits: Splits<Item>,
  metric: JoinedFacts["metric"],
  fit: Fit<Item>,
): Promise<JoinedFacts> {
  const { base, body } = context.opened;
  const groups = groupsOfItems(splits.test.items);
  const tooFew = groups !== undefined && new Set(groups).size < fewestGroups;
  const scored = async (own: Splits<Item>, width: number) => {
    const model = await fit(own, width);
    const { test, ci95, shares } = model;
    const byFolds = await scoreOfFolds(own, width, (fold) => fit(fold, width, model.strength));
    return { shares, score: { validation: byFolds ?? model.validation, test, ci95: tooFew ? null : ci95 } };
  };
  const together = await scored(splits, body.width);
  const parts: JoinedFacts["parts"][number][] = [];
  let from = 0;
  for (const part of base.joined!) {
    const { width } = part.body;
    const own = mapped(splits, ({ items, features }) => ({
      items,
      features: columnsOf(features, from, width),
    }));
    const { shares, score } = await scored(own, width);
    const distance = await distanceToAlone(context, part, own.train);
    const { gain: value, interval } = difference([together.shares], [shares], { groups });
    const { name } = part.base;
    parts.push({
      name,
      ...score,
      gain: { value, ci95: interval },
      ...(distance !== undefined && { distance }),
    });
    from += width;
  }
  const best = parts.reduce((a, b) => (scoreOrWorst(b.validation) > scoreOrWorst(a.validation) ? b : a));
  const facts = { metric, parts, together: together.score, best: best.name };
  return base.inputStage ? { ...facts, ...gainOfInputs(facts) } : facts;
}

/** Says what the other inputs add to the best one alone. */
function gainOfInputs({ metric, parts, best }: JoinedFacts): Pick<JoinedFacts, "words" | "message"> {
  const { value, ci95 } = parts.find(({ name }) => name === best)!.gain;
  const scale = metric === "r2" ? 1 : 100;
  const gain = message("input-gain", {
    inputs: parts.flatMap(({ name }) => (name === best ? [] : [name])),
    best,
    metric,
    gain: scale * value,
    ...(ci95 && { low: scale * ci95[0], high: scale * ci95[1] }),
  });
  return { words: inEnglish([gain]), message: gain };
}

/** Returns the mean score of samples that a model of the other folds predicts; undefined for too many or too few samples. */
async function scoreOfFolds<Item extends Sample>(
  { train, validation }: Splits<Item>,
  width: number,
  fit: (splits: Splits<Item>) => Promise<PartModel>,
): Promise<number | undefined> {
  const items = [...train.items, ...validation.items];
  if (items.length > mostForFolds) return undefined;
  const strata = items.map((item) => ("label" in item ? (item.label as number) : 0));
  const features = stackedRows(train.features, validation.features);
  const at = (places: readonly number[]): PartFeatures<Item> => ({
    items: places.map((i) => items[i]!),
    features: rowsOf(rowsAt(features, places), width),
  });
  let sum = 0;
  const folds = stratifiedFolds(strata, groupsOfItems(items));
  for (const { train: learnt, held } of folds) {
    const { test } = await fit({ train: at(learnt), validation: at([]), test: at(held) });
    sum += (test * held.length) / items.length;
  }
  return folds.length === 0 ? undefined : sum;
}

const mapped = <Item extends Sample>(
  { train, validation, test }: Splits<Item>,
  change: (part: PartFeatures<Item>) => PartFeatures<Item>,
): Splits<Item> => ({ train: change(train), validation: change(validation), test: change(test) });

/** Pictures whose features are compared. */
const compared = 16;

/** Returns the mean distance of a base's features to those that it computes of pictures in its own size; undefined if it is that size. */
async function distanceToAlone(
  { opened, machine, options, inputs }: Context,
  { base, body }: BasePart,
  { items, features }: PartFeatures,
): Promise<number | undefined> {
  const [{ height, width }, own] = [opened.base.preprocessing, base.preprocessing];
  if (!arePictures(inputs)) return undefined;
  if (own.height === height && own.width === width) return undefined;
  const some = items.slice(0, compared);
  const trunk = await openTrunk(
    { base, body },
    machine.runtime,
    machine.platform,
    options,
    pictureInputs(machine.platform, own, 0),
  );
  const alone = await trunk.features(some, { ...(options.signal && { signal: options.signal }) });
  await trunk.close();
  const places = [...some.keys()];
  const [a, b] = [rowsAt(features, places), rowsAt(alone, places)];
  alone.close();
  let sum = 0;
  for (const i of places) {
    const [x, y] = [a, b].map((rows) => unit(rows.subarray(i * body.width, (i + 1) * body.width)));
    sum += Math.sqrt(x!.reduce((square, v, k) => square + (v - y![k]!) ** 2, 0));
  }
  return sum / some.length;
}

function unit(row: Float32Array): Float64Array {
  const length = Math.sqrt(row.reduce((sum, v) => sum + v * v, 0)) || 1;
  return Float64Array.from(row, (v) => v / length);
}

/** Returns some columns of rows. */
const columnsOf = (rows: Rows, from: number, width: number): Rows => {
  const read = (first: number, into: Float32Array): void => {
    const count = into.length / width;
    const all = new Float32Array(count * rows.width);
    rows.read(first, all);
    for (let i = 0; i < count; i++)
      into.set(all.subarray(i * rows.width + from, i * rows.width + from + width), i * width);
  };
  if (rows.whole === undefined)
    return { count: rows.count, width, read, ...(rows.another && { another: rows.another }) };
  const whole = new Float32Array(rows.count * width);
  read(0, whole);
  return rowsOf(whole, width);
};
