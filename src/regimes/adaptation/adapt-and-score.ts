import { headValues } from "../../bases/heads.js";
import type { AdaptCandidate, AdaptGain, AdaptResultEvent, EngraftEvent } from "../../core/events/events.js";
import { inEnglish, message, recipeFields } from "../../core/messages/message.js";
import { baseFacts } from "../../core/results/base-facts.js";
import { float32, type Tensor } from "../../core/tensor.js";
import { correctOf, factsOf, type Predictions, scoresOf } from "../../evaluate/class-predictions.js";
import { type AdaptationName, adaptationOf, kliep, tradeOffsOf } from "../../methods/adapt/index.js";
import { kliepSettings } from "../../methods/adapt/settings.js";
import { fitProbeInTurns } from "../../methods/probe/index.js";
import { readSettings } from "../../methods/settings.js";
import { forecastFacts } from "../../run/forecast/forecast.js";
import { requireMemory } from "../../run/training/memory.js";
import { difference } from "../../statistics/index.js";
import type { AdaptContext } from "./context.js";
import { countsOf, type DomainItem, type Domains, itemsOf } from "./domain.js";
import { distanceUnder, featuresUnder, scoresUnder } from "./features.js";
import { finishAdaptation } from "./finish.js";
import { forecastAdaptation } from "./forecast-adaptation.js";
import { type Network, openNetwork } from "./network.js";
import { type AdaptOptions, adaptDefaults } from "./options.js";
import { openStage, type Recorded, type Stage, type StageRequest } from "./stage.js";

/**
 * The adaptation itself: source-only, then the method under each of its trade-offs, the choice, and only then the target's labels.
 */
export async function adaptAndScore(
  context: AdaptContext,
  domains: Domains,
  begin: number,
  events: readonly EngraftEvent[],
): Promise<AdaptResultEvent> {
  const { options, run, platform, seed, onEvent } = context;
  const method = options.method ?? adaptDefaults.method;
  const row = adaptationOf(method);
  const network = await openNetwork(context, domains);
  const open = (request: StageRequest) => openStage(context, network, domains, request);
  const alone = await open({ method: "source-only" });
  const expected = await forecastAdaptation(context, network, domains, { begin, method, alone, open });
  onEvent(expected);
  const start = network.frozen && (await probedHead(context, network, domains));
  const trainingBegin = performance.now();
  const plain = await alone.run(start);
  const weighed = row.weighs ? await sourceWeights(context, network, domains, plain) : undefined;
  const stages: Stage[] = method === "source-only" ? [plain] : [];
  for (const request of requestsOf(method, options, weighed?.weights))
    stages.push(await (await open(request)).run(start));
  const chosen = stages.reduce((a, b) => (b.best.score > a.best.score ? b : a));
  const training = (performance.now() - trainingBegin) / 1000;
  const distance = {
    before: await distanceUnder(context, network, plain.model, domains),
    after: await distanceUnder(context, network, chosen.model, domains),
  };

  // The choice is made. From here on the target's labels are looked at, and nothing is decided any more.
  const test = domains.labelled ? itemsOf(domains.target, "test") : [];
  const classes = domains.source.classes;
  const candidate = (one: Recorded): AdaptCandidate => {
    const { answers, ...rest } = one;
    if (test.length === 0) return rest;
    return { ...rest, target_accuracy: answers.filter((a, i) => a === test[i]!.label).length / test.length };
  };
  const candidates = stages.flatMap((s) => s.recorded.map(candidate));
  const last =
    test.length === 0 ? undefined : await targetScores(context, network, classes, { test, chosen, plain });
  const oracle = last && candidates.reduce((a, b) => (b.target_accuracy! > a.target_accuracy! ? b : a));
  const chosenBy = message(
    method === "source-only" ? "chosen-by-source" : "chosen-by-source-and-information",
  );
  const result: AdaptResultEvent = {
    event: "result",
    task: "domain-adaptation",
    run: run.path,
    model: run.file("model"),
    base: baseFacts(network.base),
    method: { name: method, ...recipeFields(chosen.plan.recipe), paper: row.paper },
    unit: context.unit,
    classes,
    source: { root: domains.source.root, split: countsOf(domains.source, seed) },
    target: { root: domains.target.root, split: countsOf(domains.target, seed), labelled: domains.labelled },
    chosen: {
      ...candidate(chosen.best),
      ...{ by: inEnglish([chosenBy]), by_message: chosenBy },
    },
    candidates,
    ...(oracle && { oracle }),
    ...(last && { test: last.test }),
    source_only: { ...candidate(plain.best), ...(last && { test: last.plain }) },
    ...(last && method !== "source-only" && { gain: last.gain }),
    distance,
    ...(weighed && { weights: weightFacts(weighed) }),
    epochs: chosen.plan.epochs,
    forecast: forecastFacts(expected),
    seconds: { total: (performance.now() - begin) / 1000, training },
    peak_rss_mb: platform.peakMemoryMb(),
    seed,
  };
  await finishAdaptation(context, network, domains, {
    result,
    events: [...events, result],
    model: chosen.model,
  });
  onEvent(result);
  return result;
}

const weightFacts = ({
  weights,
  effective,
}: {
  readonly weights: Float64Array;
  readonly effective: number;
}) => ({
  ...{ effective, largest: Math.max(...weights), n: weights.length },
});

/** The trainings of a method: one with the weights of the source's items, or one for each trade-off. */
function requestsOf(
  method: AdaptationName,
  options: AdaptOptions,
  weights: Float64Array | undefined,
): readonly StageRequest[] {
  if (method === "source-only") return [];
  if (weights) return [{ method, weights }];
  return tradeOffsOf(method, options.option ?? {}).map((tradeOff) => ({ method, tradeOff }));
}

/** Scores of the chosen model and of source-only on the target's labelled test items. */
async function targetScores(
  context: AdaptContext,
  network: Network,
  classes: readonly string[],
  {
    test,
    chosen,
    plain,
  }: { readonly test: readonly DomainItem[]; readonly chosen: Stage; readonly plain: Stage },
) {
  const predict = async ({ model }: Stage): Promise<Predictions> => ({
    logits: await scoresUnder(context, network, model, test, classes.length),
    ...factsOf(test),
  });
  const ours = await predict(chosen);
  const theirs = chosen === plain ? ours : await predict(plain);
  const gain = gainOf(correctOf(ours, classes.length), correctOf(theirs, classes.length), ours.groups);
  return { test: scoresOf(classes, ours), plain: scoresOf(classes, theirs), gain };
}

/** Compares two models of one training each on the same items. */
export function gainOf(
  adapted: readonly boolean[],
  plain: readonly boolean[],
  groups?: readonly string[],
): AdaptGain {
  const { gain, interval } = difference([adapted.map(Number)], [plain.map(Number)], {
    ...(groups && { groups }),
  });
  return { value: gain, of: "models", models_ci95: interval };
}

/**
 * The head that the frozen base's features of the source give: where training starts.
 * @throws OptionError if features or head cannot fit into memory
 */
async function probedHead(
  { options, platform, onEvent }: AdaptContext,
  { frozen, width }: Network,
  { source }: Domains,
): Promise<ReadonlyMap<string, Tensor>> {
  const [train, validation] = [itemsOf(source, "train"), itemsOf(source, "validation")];
  const rows = async (items: readonly DomainItem[]) => ({
    features: await frozen!(items),
    labels: Int32Array.from(items, (i) => i.label),
  });
  const classes = source.classes.length;
  const items = train.length + validation.length;
  requireMemory({ items, examples: train.length, width, classes }, platform.memoryBytes());
  const probe = await fitProbeInTurns(
    {
      train: await rows(train),
      validation: await rows(validation),
      dims: width,
      classes,
    },
    { ...(options.signal && { signal: options.signal }) },
  );
  onEvent({ event: "progress", phase: "head", done: 1, total: 1, unit: "trials" });
  return new Map<string, Tensor>([
    [headValues.weight, float32([classes, width], probe.weight)],
    [headValues.bias, float32([classes], probe.bias)],
  ]);
}

/**
 * What instance weighting gives each source item, with mean 1, from the frozen base's features; a fresh network has none, there the features of
 * source-only serve. Kept in the run.
 */
async function sourceWeights(
  context: AdaptContext,
  network: Network,
  domains: Domains,
  plain: Stage,
): Promise<{ readonly weights: Float64Array; readonly effective: number }> {
  const { options, seed } = context;
  const { centres, largest } = readSettings(kliepSettings, options.option ?? {}, 'method "kliep"');
  const rows = (items: readonly DomainItem[]) =>
    network.frozen ? network.frozen(items) : featuresUnder(context, network, plain.model, items);
  const source = await rows(itemsOf(domains.source, "train"));
  const target = await rows(itemsOf(domains.target, "train"));
  const { weights } = kliep(source, target, network.width, { centres, seed });
  // Single items that stand for thousands are noise, not the target.
  const cut = weights.map((w) => Math.min(w, largest));
  const total = cut.reduce((s, w) => s + w, 0);
  const even = cut.map((w) => (w * cut.length) / total);
  return { weights: even, effective: even.length ** 2 / even.reduce((s, w) => s + w * w, 0) };
}
