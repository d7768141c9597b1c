import { withHead } from "../bases/heads.js";
import { roundedAs, storedAs } from "../bases/weight-storage.js";
import { baseFacts } from "../core/base-facts.js";
import type { EngraftEvent, TrainableEvent, TrainResultEvent } from "../core/events.js";
import type { Graph } from "../graph/graph.js";
import { bindDims, extract } from "../graph/surgery/index.js";
import type { TrainingPlan } from "../methods/plan.js";
import { rowOf } from "../methods/registry.js";
import { featureBatch } from "../train/features.js";
import { leastBytes } from "../train/step-memory.js";
import type { ScratchRun } from "./baselines.js";
import { besideOf } from "./beside.js";
import type { Context } from "./context.js";
import { predictWith } from "./feeds.js";
import { finish } from "./finish.js";
import { effortOf, keptEpoch } from "./kept-epoch.js";
import { keptInSeeds } from "./kept-in-seeds.js";
import { testLooks } from "./looks.js";
import { measure, withSeeds } from "./measure.js";
import { requireMemory } from "./memory.js";
import { defaults, memoryOf } from "./options.js";
import { isPlanned } from "./plan/is-planned.js";
import { heldOf, itemsOf, planRun } from "./planned.js";
import { fedBy, openTrunk, splitCounts } from "./setup.js";
import { solveHead } from "./solve-head.js";
import { trainedModel } from "./trained-model.js";

/**
 * The run itself: plan, forecast, features, probe, training, scores, report. Everything that takes long keeps what
 * it did on disk, so that after a kill the same steps are gone through again and find their work done.
 */
export async function trainAndScore(
  given: Context,
  begin: number,
  events: readonly EngraftEvent[],
): Promise<TrainResultEvent> {
  // What a probe needs not is loaded where it is needed: a page may be there for a probe alone.
  const asked = isPlanned(given.options)
    ? await (await import("./plan/auto.js")).decided(given, begin)
    : given;
  const planning =
    asked.options.batchNorm === "adapt" ? await (await import("./adapted.js")).adapted(asked) : asked;
  const { run, options, machine, platform, runtime, dataset, opened, onEvent } = planning;
  const { body, base } = opened;
  const classes = dataset.classes;
  await requireItFits(planning);
  const planningBegin = performance.now();
  const planned = await planRun(planning);
  const preparing = (performance.now() - planningBegin) / 1000;
  const { strategy, trained } = planned;
  if (planning.inputs) {
    const { lengthsEvent } = await import("./lengths-of.js");
    const { batch, pairs } = trained?.plan ?? {};
    const seed = options.seed ?? defaults.seed;
    const items = itemsOf(planning, "train");
    onEvent(
      lengthsEvent(planning.inputs, items, {
        seed,
        ...(batch !== undefined && { batch }),
        ...(pairs && { pairs }),
      }),
    );
  }
  const total = totalSize(planned.blank);
  const headSize = classes.length * (body.width + 1);
  const solvedHead = { name: "head (solved, no rate)", parameters: headSize, values: 2, rate: 0 };
  const groupsOf = (plan: TrainingPlan | undefined): TrainableEvent["groups"] => [
    ...(plan?.groups ?? []),
    ...(plan && !plan.pairs ? [] : [solvedHead]),
  ];
  const parameters = groupsOf(trained?.plan).reduce((n, g) => n + g.parameters, 0);
  const tellGroups = (groups: TrainableEvent["groups"]): void =>
    onEvent({
      event: "trainable",
      strategy: strategy.name,
      reasons: strategy.reasons,
      parameters,
      total,
      groups,
    });
  tellGroups(groupsOf(trained?.plan));
  const trunk = await openTrunk(opened, runtime, platform, { ...options, onEvent }, planning.inputs);
  const expected = await measure(planning, {
    begin,
    preparing,
    trunk,
    fit: trained?.fit ?? planned.beside,
    plan: trained?.plan,
    solved: planned.blank,
    train: itemsOf(planning, "train"),
    validation: itemsOf(planning, "validation").length,
    test: itemsOf(planning, "test").length,
    beside: besideOf(options, planned.scratch, trained?.plan),
    scoredBefore: rowOf(options.strategy ?? defaults.strategy).relationship
      ? itemsOf(planning, "train").length
      : 0,
  });
  await planned.beside?.dispose();
  const context =
    options.baselines === "auto"
      ? await (await import("./beside-decided.js")).besideDecided(planning, expected.beside)
      : planning;
  onEvent(withSeeds(expected.event, context.options));

  const solved = await solveHead(context, trunk, events);
  const told = trained && (await (await import("./low-transfer.js")).tellLowTransfer(context, solved));
  const trainingBegin = performance.now();
  const probed = withHead(body, classes.length, solved.probe);
  const from = { planned, probed, begin, expected, tellGroups };
  const fitted =
    trained && (await (await import("./train-from.js")).trainFrom(context, { ...from, trained }));
  const { model: unrounded, files } = await trainedModel(context, probed, fitted, trained?.plan);
  // What is measured is what the file holds; an adapter holds float32.
  const kept = options.adapterOnly === true ? "fp32" : (options.weights ?? defaults.weights);
  const stored = storedAs(unrounded, kept, base.imported.storedAs);
  const rounded = roundedAs(unrounded, stored);
  const scoredAs = (part: "validation" | "test") =>
    predictWith(runtime, fedBy(opened, rounded), heldOf(context, part), classes.length, options.signal);
  const known = !fitted && rounded === unrounded;
  const held = known ? solved.held : await scoredAs("validation");
  const { model, predictions, ...trusted } = await (await import("./trusted.js")).trusted(
    context,
    rounded,
    known ? solved.predictions : await scoredAs("test"),
    held,
    solved.distant,
  );
  const views = options.tta ?? 1;
  const training = solved.seconds.solving + (performance.now() - trainingBegin) / 1000;
  let scratch: ScratchRun | undefined;
  const besides = async () => {
    const { baselinesOf } = await import("./baselines.js");
    const decide = fitted
      ? fitted.decide
      : (await import("./budgeted.js")).besideSolved(context, { begin, expected });
    const more = { decide, small: told, transfer: effortOf(fitted) };
    const beside = await baselinesOf(context, planned, solved, predictions, more);
    scratch = beside.scratch;
    return beside;
  };
  // Only where a choice is made of both, the other model is needed before there is a result.
  const beside = options.safe === true ? await besides() : undefined;
  const safe =
    beside &&
    (await (
      await import("./safe.js")
    ).saferOf(context, {
      ...{ probed, kept, transfer: trusted.test, scratch: beside.scratch },
      validation: fitted?.best ?? solved.validation,
      held,
      ...(solved.distant && { distant: solved.distant }),
    }));
  const its = safe?.instead ?? { model, facts: trusted.facts, test: trusted.test, trust: trusted.trust };
  const tta = views > 1 && (await scored(context, its.model, views));
  const alone: TrainResultEvent = {
    event: "result",
    task: dataset.task,
    run: run.path,
    model: run.file("model"),
    base: baseFacts(base),
    strategy,
    classes,
    split: splitCounts(dataset),
    trainable: { parameters, total },
    ...keptEpoch(fitted),
    test: its.test,
    validation: {
      n: itemsOf(context, "validation").length,
      ...(safe?.instead?.validation ?? fitted?.best ?? solved.validation),
    },
    ...(fitted?.rate !== undefined && { rate_found: fitted.rate }),
    ...(fitted?.average && { average: fitted.average }),
    ...(fitted?.divergence && { diverged: fitted.divergence }),
    ...beside?.said,
    ...(safe && { safe: safe.said }),
    seconds: { total: (performance.now() - begin) / 1000, features: solved.seconds.features, training },
    peak_rss_mb: platform.peakMemoryMb(),
    forecast: { seconds: expected.event.seconds, peak_rss_mb: expected.event.peak_rss_mb },
    test_looks: await testLooks(platform, dataset.testFingerprint, run.path, onEvent),
    ...(tta && { tta }),
    ...(its.trust && { trust: its.trust }),
    ...(context.elsewhere && {
      elsewhere: await context.elsewhere(fedBy(opened, its.model), its.test),
    }),
    ...(context.init && { init: { ...context.init, ...(solved.words && { head: solved.words }) } }),
  };
  const onnx =
    options.adapterOnly !== true &&
    (await (await import("./exported.js")).exported(context, its.model, safe?.instead?.stored ?? stored));
  const ofText = base.text && (await import("./exported.js")).filesOf(base.text);
  const keep = (result: TrainResultEvent, unfinished = false): Promise<void> =>
    finish({
      run,
      machine,
      dataset,
      base,
      result,
      events: [...events, result],
      ...(onnx && { onnx }),
      ...((files ?? ofText) && { files: { ...ofText, ...(!safe?.instead && files) } }),
      ...(its.facts && { trust: its.facts }),
      unfinished,
      onEvent,
    });
  const moreSeeds = async () =>
    (await import("./more-seeds.js")).moreSeeds(context, {
      ...{ planned, probed, stored, predictions },
      ...(fitted && { fitted }),
      ...(scratch && { scratch }),
    });
  const result = await keptInSeeds(context, {
    ...{ alone, keep, moreSeeds, begin },
    ...(expected.beside.baselines && !beside && { beside: async () => (await besides()).said }),
  });
  // A probe takes seconds, and again a tenth of them where features are kept: looking inside would take most of its time.
  if (options.explain === true && machine.report && fitted)
    await (await import("./insights/told.js")).tellInsights(context, { model, predictions, result });
  onEvent(result);
  return result;
}

/** The test part with several views of each picture. */
async function scored(context: Context, model: Graph, views: number) {
  const { scoredViews } = await import("./scored-views.js");
  return scoredViews(context, fedBy(context.opened, model), { ...heldOf(context, "test"), views });
}

/** @throws OptionError when features, head or the base itself cannot fit into memory */
async function requireItFits(context: Context): Promise<void> {
  const { platform, options, dataset, opened } = context;
  const memoryBytes = memoryOf(options, platform.memoryBytes());
  requireMemory(
    {
      items: dataset.items.length,
      examples: itemsOf(context, "train").length,
      width: opened.body.width,
      classes: dataset.classes.length,
    },
    memoryBytes,
  );
  const batched = bindDims(opened.body.graph, {
    batch: featureBatch,
    ...(context.inputs && { length: context.inputs.longest }),
  });
  if (leastBytes(batched) <= memoryBytes) return;
  const { baseRefusal } = await import("../train/room-offers.js");
  throw baseRefusal(batched, featureBatch, memoryBytes, (cut) => extract(batched, [cut]));
}

function totalSize(graph: Graph): number {
  let size = 0;
  for (const [, { data, dtype }] of graph.initializers) if (dtype === "float32") size += data.length;
  return size;
}
