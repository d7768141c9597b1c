import { withHead, withWeights } from "../../bases/heads.js";
import { exportTextClassifier } from "../../bases/text-body.js";
import { roundedAs, storedAs } from "../../bases/weight-storage.js";
import type { EntityBaseline } from "../../core/entities.js";
import type { EngraftError } from "../../core/errors.js";
import type { EngraftEvent, EntitiesResultEvent, TrainableEvent } from "../../core/events.js";
import type { Tensor } from "../../core/tensor.js";
import { spansOf } from "../../data/entities/tags.js";
import { flatTallies, tally } from "../../evaluate/entities.js";
import type { Graph } from "../../graph/graph.js";
import type { PlanRequest, TrainingPlan } from "../../methods/plan.js";
import { chooseStrategy, plannerOf, rowOf } from "../../methods/registry.js";
import { openSession } from "../../runtime/open.js";
import { better, type Fit, type FitResult } from "../../train/fit.js";
import { askedOf } from "../asked.js";
import { lengthsEvent } from "../lengths-of.js";
import { testLooks } from "../looks.js";
import { measure } from "../measure.js";
import { requireMemory } from "../memory.js";
import { defaults, memoryOf } from "../options.js";
import { foundRate, toldDivergence } from "../rate-of.js";
import { splitCounts } from "../setup.js";
import { trainedModel } from "../trained-model.js";
import { finishEntities } from "./finish-entities.js";
import { lookedUp } from "./lookup.js";
import { solveTags } from "./solve-tags.js";
import { partOf, type Tagging, tagStage } from "./stage.js";
import { answersOf, scoresOfAnswers, scoresOfTags, tagsSaid, type WordAnswers } from "./word-answers.js";
import { openWordTrunk } from "./word-trunk.js";

/** The scores of all tokens, a row each: `logits` are those of each text, in the file. */
const rowsOfTokens = "token_logits";

/** A run that learns to mark entities: plan, forecast, features, probe, training, scores, report. */
export async function tagAndScore(
  tagging: Tagging,
  begin: number,
  events: readonly EngraftEvent[],
): Promise<EntitiesResultEvent> {
  const { context, data } = tagging;
  const { run, options, platform, opened, onEvent } = context;
  const { body, base } = opened;
  const classes = data.labels.length;
  const [train, test] = [partOf(data, "train"), partOf(data, "test")];
  const planningBegin = performance.now();
  const planned = await planTags(tagging);
  const preparing = (performance.now() - planningBegin) / 1000;
  const { strategy, trained, blank } = planned;
  const trunk = openWordTrunk(tagging, trained === undefined);
  const { items: shown, words } = trunk;
  requireMemory(
    { items: words, examples: words, width: body.width, classes },
    memoryOf(options, platform.memoryBytes()),
  );
  const total = [...blank.initializers.values()].reduce(
    (n, { dtype, data: values }) => n + (dtype === "float32" ? values.length : 0),
    0,
  );
  const headSize = classes * (body.width + 1);
  const parametersOf = (plan: TrainingPlan): number => plan.groups.reduce((n, g) => n + g.parameters, 0);
  const parameters = trained ? parametersOf(trained.plan) : headSize;
  const tellGroups = (groups: TrainableEvent["groups"]): void =>
    onEvent({
      event: "trainable",
      strategy: strategy.name,
      reasons: strategy.reasons,
      parameters,
      total,
      groups,
    });
  tellGroups(
    trained?.plan.groups ?? [{ name: "head (solved, no rate)", parameters: headSize, values: 2, rate: 0 }],
  );
  const { batch } = trained?.plan ?? {};
  const learnt = context.dataset.items.filter(({ part }) => part === "train");
  const { seed = defaults.seed } = options;
  onEvent(lengthsEvent(context.inputs!, learnt, { seed, ...(batch !== undefined && { batch }) }));
  const expected = await measure(
    { ...context, dataset: { ...context.dataset, items: shown } },
    {
      begin,
      preparing,
      trunk,
      fit: trained?.fit,
      plan: trained?.plan,
      train: learnt,
      validation: partOf(data, "validation").length,
      test: test.length,
      scratch: planned.scratch,
      scoredBefore: 0,
    },
  );
  onEvent(expected.event);

  const solved = await solveTags(tagging, trunk);
  const trainingBegin = performance.now();
  const probed = withHead(body, classes, solved.probe, rowsOfTokens);
  // A probe beside the run is scored as well: the same pass over the test part as for a model that trained.
  const probeAnswers = trained ? await answersWith(tagging, probed) : undefined;
  let fitted: (FitResult & { rate?: number; divergence?: EntitiesResultEvent["diverged"] }) | undefined;
  if (trained) {
    const { fit, stage } = trained;
    let { plan } = trained;
    const start = new Map<string, Tensor>(
      [...probed.initializers].filter(([v]) => !body.graph.initializers.has(v)),
    );
    const rate = options.lr === "find" ? await foundRate(context, stage, fit, start) : undefined;
    if (rate !== undefined) {
      plan = planned.replan({ rate });
      tellGroups(plan.groups);
    }
    const result = await fit.run(start, { rates: plan.groups.map((g) => g.rate) });
    const divergence = await toldDivergence(context, stage, fit, result, start);
    await fit.dispose();
    fitted = { ...result, ...(rate !== undefined && { rate }), ...(divergence && { divergence }) };
  }
  const { model: unrounded, files } = await trainedModel(context, probed, fitted, trained?.plan);
  // What is measured is what the file holds.
  const stored = storedAs(unrounded, options.weights ?? defaults.weights, base.imported.storedAs);
  const model = roundedAs(unrounded, stored);
  const answers = await answersWith(tagging, model);
  const training = solved.seconds.solving + (performance.now() - trainingBegin) / 1000;
  const lookupBegin = performance.now();
  const lookup: EntityBaseline = {
    test: scoresOfTags(data, test, lookedUp(train, test, classes), { loss: null }),
    seconds: (performance.now() - lookupBegin) / 1000,
    recipe: "each word's most frequent tag in the training part",
  };
  const beside = planned.scratch.length > 0 ? await scratchBeside(tagging, planned) : undefined;
  const result: EntitiesResultEvent = {
    event: "result",
    task: "token-classification",
    run: run.path,
    model: run.file("model"),
    base: { name: base.name, sha256: base.sha256, license: base.license },
    strategy,
    types: data.types,
    labels: data.labels,
    scheme: data.scheme,
    repaired: data.repaired,
    split: splitCounts(data),
    trainable: { parameters, total },
    epochs: fitted?.epochs.length ?? 0,
    best_epoch: fitted?.bestEpoch ?? 0,
    test: { ...scoresOfAnswers(data, answers), tallies: flatTallies(talliesOf(tagging, answers)) },
    validation: {
      n: partOf(data, "validation").length,
      ...(fitted ? { f1: fitted.best.accuracy, loss: fitted.best.loss } : solved.validation),
    },
    ...(fitted?.rate !== undefined && { rate_found: fitted.rate }),
    ...(fitted?.divergence && { diverged: fitted.divergence }),
    seconds: { total: (performance.now() - begin) / 1000, features: solved.seconds.features, training },
    peak_rss_mb: platform.peakMemoryMb(),
    forecast: { seconds: expected.event.seconds, peak_rss_mb: expected.event.peak_rss_mb },
    test_looks: await testLooks(platform, data.testFingerprint, run.path, onEvent),
    baselines: {
      lookup,
      ...(probeAnswers && {
        probe: {
          test: scoresOfAnswers(data, probeAnswers),
          seconds: solved.seconds.features + solved.seconds.solving,
          recipe: solved.recipe,
        },
      }),
      ...(beside && { scratch: beside.baseline }),
    },
    ...(beside && { verdict: await verdictOf(tagging, answers, beside.answers) }),
  };
  await finishEntities({
    context,
    data,
    result,
    events: [...events, result],
    onnx: exportTextClassifier(model, stored, { perToken: classes }),
    ...(files && { files }),
  });
  onEvent(result);
  return result;
}

interface PlannedTags {
  readonly strategy: ReturnType<typeof chooseStrategy>;
  /** tokens -> scores of every token, with an empty head. */
  readonly blank: Graph;
  readonly trained?: { readonly plan: TrainingPlan; readonly fit: Fit; readonly stage: string };
  readonly replan: (request: Partial<PlanRequest>) => TrainingPlan;
  readonly scratch: readonly TrainingPlan[];
}

/** Plan the run, and build what it trains. @throws OperatorError, ModelError when the base cannot be trained as asked for */
async function planTags(tagging: Tagging): Promise<PlannedTags> {
  const { context, data } = tagging;
  const { options, opened, usualRate } = context;
  const { body } = opened;
  const asked = options.strategy ?? defaults.strategy;
  const classes = data.labels.length;
  const empty = { weight: new Float32Array(classes * body.width), bias: new Float32Array(classes) };
  const blank = withHead(body, classes, empty, rowsOfTokens);
  const train = partOf(data, "train");
  const times = new Int32Array(classes);
  for (const { tags } of train) for (const tag of tags) times[tag]!++;
  const request: PlanRequest = {
    examples: train.length,
    seed: options.seed ?? defaults.seed,
    ...askedOf(options),
    // A tag that nothing has (I of a type of single words) has no loss: its weight is never used.
    classes: data.labels.map((name, i) => ({ name, count: Math.max(1, times[i]!) })),
  };
  const own = {
    ...(usualRate !== undefined && !rowOf(asked).adapts && { rate: usualRate }),
    ...request,
  };
  const planner = await plannerOf(asked);
  let trained: PlannedTags["trained"];
  let refusal: EngraftError | undefined;
  if (asked !== "probe") {
    const stage = asked === "auto" ? "finetune" : asked;
    try {
      const plan = planner(blank, own);
      trained = { plan, fit: await tagStage(tagging, blank, plan, stage), stage };
    } catch (error) {
      const { explainRefusal, isRefusal } = await import("../refusal.js");
      if (!isRefusal(error) || asked !== "auto") throw explainRefusal(error, body.graph);
      refusal = error;
    }
  }
  const strategy = chooseStrategy(asked, train.length, refusal?.message);
  if (strategy.name === "probe" && trained) {
    await trained.fit.dispose();
    trained = undefined;
  }
  const { scratchPlan } = await import("../../methods/finetune/scratch.js");
  const long = { ...request, ...(trained && { epochs: trained.plan.epochs, batch: trained.plan.batch }) };
  const { settings } = rowOf(asked);
  return {
    strategy,
    blank,
    ...(trained && { trained }),
    replan: (more) => planner(blank, { ...own, ...more }),
    scratch: options.baselines === true ? [1, 3].map((n) => scratchPlan(blank, long, n, settings)) : [],
  };
}

/** The same network from random weights, once as long and three times as long; the better by validation. */
async function scratchBeside(
  tagging: Tagging,
  { blank, scratch }: PlannedTags,
): Promise<{ readonly baseline: EntityBaseline; readonly answers: WordAnswers }> {
  const { context, data } = tagging;
  const { freshWeights } = await import("../../train/initialize.js");
  const fresh = withWeights(blank, freshWeights(blank, context.options.seed ?? defaults.seed));
  let best: { result: FitResult; plan: TrainingPlan } | undefined;
  let seconds = 0;
  for (const [i, plan] of scratch.entries()) {
    const stage = i === 0 ? "scratch" : "scratch × 3";
    const fit = await tagStage(tagging, fresh, plan, stage);
    const result = await fit.run();
    await toldDivergence(context, stage, fit, result);
    await fit.dispose();
    seconds += result.seconds;
    if (!best || better(result.best, best.result.best)) best = { result, plan };
  }
  const answers = await answersWith(tagging, withWeights(fresh, best!.result.weights));
  return {
    answers,
    baseline: { test: scoresOfAnswers(data, answers), seconds, recipe: best!.plan.words },
  };
}

/** What a model with its weights inside says of the test part. */
async function answersWith({ context, data, inputs }: Tagging, model: Graph): Promise<WordAnswers> {
  const { runtime, options } = context;
  const session = await openSession(runtime, model, { label: "the trained model" });
  const input = session.inputs[0]!.name;
  try {
    return await answersOf(
      async (x) => Object.values(await session.run({ [input]: x }))[0]!.data as Float32Array,
      partOf(data, "test"),
      inputs,
      data.labels.length,
      options.signal,
    );
  } finally {
    await session.dispose();
  }
}

/** What is there, said and right of each sentence. */
function talliesOf({ data: { labels } }: Tagging, answers: WordAnswers) {
  const named = (tags: readonly number[]) => spansOf(tags.map((tag) => labels[tag]!));
  const said = tagsSaid(answers, labels.length);
  return answers.items.map(({ tags }, s) => tally({ truth: named(tags), predicted: named(said[s]!) }));
}

async function verdictOf(tagging: Tagging, a: WordAnswers, b: WordAnswers) {
  const { compareEntities } = await import("../../evidence/compare-entities.js");
  return compareEntities({ a: talliesOf(tagging, a), b: talliesOf(tagging, b) });
}
