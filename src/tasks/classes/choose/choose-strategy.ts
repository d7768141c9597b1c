import { EngraftError } from "../../../core/errors.js";
import type { OnWork } from "../../../core/events/work-events.js";
import { message } from "../../../core/messages/message.js";
import { wholeOf } from "../../../core/results/rows.js";
import type { ClassSample } from "../../../data/index.js";
import { areTexts } from "../../../data/index.js";
import { groupsOfItems } from "../../../data/split/groups.js";
import { isSolved, usesNgrams } from "../../../methods/registry.js";
import { defaults, type RecipeOptions } from "../../../options/options.js";
import { type Context, type Unrecorded, wholeContext } from "../../../run/context.js";
import { recordDecisions } from "../../../run/folder/record-decisions.js";
import { openTrunk } from "../../../run/setup.js";
import type { OfClasses } from "../../../run/training/head-of-classes.js";
import type { LabelledSample } from "../../../transferability/index.js";
import { probeAccuracy } from "../../../transferability/probe-accuracy.js";
import { balancedOrder } from "./balanced-order.js";
import { mostItems, partOfData, reasonTooFew, unitOf } from "./planned-data.js";
import { type Decision, Planning, withoutLoop } from "./planning.js";

/**
 * Replaces `auto` by the strategy that a plan chooses for this base. The run records the choice and its reasons, so that a
 * resumed run uses the same strategy. Features that the plan computes are cached for the run.
 * @param begin `performance.now()` at the start of the run: a budget includes the planning
 */
export async function resolveStrategy(context: OfClasses, begin: number): Promise<Context> {
  const { run, options } = context;
  const { name, reasons, rate } = await withNgrams(context, await choiceFor(context, begin));
  const chosen = (given: RecipeOptions): RecipeOptions => ({
    ...(isSolved(name) ? withoutLoop(given) : given),
    // The requested budget stays, even for a probe: it limits the whole run.
    ...(given.budget !== undefined && { budget: given.budget }),
    ...(rate !== undefined && { lr: rate }),
    strategy: name,
    reasons,
  });
  await recordDecisions(context, chosen(run.manifest.options));
  const read = usesNgrams(name) ? await wholeContext(context) : context;
  return { ...read, options: chosen(options) };
}

/** Returns the choice, or a plain probe if the training texts have no n-grams. */
async function withNgrams(context: Context, choice: Decision): Promise<Decision> {
  if (!usesNgrams(choice.name)) return choice;
  const { ngramParameters } = await import("../../texts/solve-ngrams.js");
  try {
    // Fails without n-grams.
    ngramParameters(context);
    return choice;
  } catch (error) {
    if (!(error instanceof EngraftError) || error.kind !== "DataError") throw error;
    return { name: "probe", reasons: [message("ngrams-missing"), ...choice.reasons] };
  }
}

/** Chooses by a probe on at most 1000 training items; if rules cannot decide, by short trainings. */
async function choiceFor(context: OfClasses, begin: number): Promise<Decision> {
  const { machine, dataset, opened, inputs, options } = context;
  const planned = { dataset, unit: unitOf(inputs) } as const;
  const few = reasonTooFew(planned);
  if (few !== undefined) return { name: areTexts(inputs) ? "ngram-probe" : "probe", reasons: [few] };
  // The run reports the other events itself.
  const onEvent: OnWork = (event) => {
    if (event.event === "progress") context.onEvent(event);
  };
  const items = balancedOrder(partOfData(dataset, "train"), mostItems, options.seed ?? defaults.seed);
  const sample = await featuresOf({ ...context, onEvent }, items, dataset.classes.length);
  const byGroups = probeAccuracy({ ...sample, groups: groupsOfItems(items) });
  const best = {
    opened,
    inputs,
    // With one group in each class, no fold could be scored.
    probe: Number.isNaN(byGroups) ? probeAccuracy(sample) : byGroups,
    n: items.length,
  };
  const { strategy: _s, reasons: _r, adapterOnly: _a, baselines: _b, budget, ...shared } = options;
  const left =
    budget === undefined ? {} : { budget: Math.max(0, budget - (performance.now() - begin) / 1000) };
  const planning = new Planning(machine, planned, best, { ...shared, ...left }, onEvent);
  const { choice, loaded } = await planning.decide();
  await loaded?.planned.trained?.fit.dispose();
  return choice;
}

/** Returns features of a base's frozen body for items, with their classes. */
async function featuresOf(
  {
    opened,
    machine,
    options,
    inputs,
    onEvent,
  }: Pick<Unrecorded, "opened" | "machine" | "options" | "inputs" | "onEvent">,
  items: readonly ClassSample[],
  classes: number,
): Promise<LabelledSample> {
  const { signal } = options;
  const trunk = await openTrunk(opened, machine.runtime, machine.platform, { ...options, onEvent }, inputs);
  try {
    const table = await trunk.features(items, { onEvent, signal });
    const features = Float32Array.from(wholeOf(table));
    table.close();
    return {
      features,
      width: opened.body.width,
      labels: Int32Array.from(items, ({ label }) => label),
      classes,
    };
  } finally {
    await trunk.close();
  }
}
