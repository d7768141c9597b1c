import { withHead } from "../../bases/heads.js";
import { roundedAs, storedAs } from "../../bases/weight-storage.js";
import { baseFacts } from "../../core/base-facts.js";
import type { EngraftEvent, LabelsResultEvent, TrainableEvent } from "../../core/events.js";
import type { LabelBaseline } from "../../core/labels.js";
import { flatTallies } from "../../evaluate/entities.js";
import {
  chosenThresholds,
  labelsSaid,
  scoreLabels,
  tallyLabels,
  usualThreshold,
} from "../../evaluate/labels.js";
import { besideOf } from "../beside.js";
import { besideSolved } from "../budgeted.js";
import type { Context } from "../context.js";
import { exported } from "../exported.js";
import { predictWith } from "../feeds.js";
import { keptEpoch } from "../kept-epoch.js";
import { keptInSeeds } from "../kept-in-seeds.js";
import { testLooks } from "../looks.js";
import { measure, withSeeds } from "../measure.js";
import { requireMemory } from "../memory.js";
import { defaults, memoryOf } from "../options.js";
import { heldOf, itemsOf, planRun, stageOf } from "../planned.js";
import { scratchAnswers } from "../scratch.js";
import { verdictOfF1 } from "../seeds-by-f1.js";
import { fedBy, openTrunk, splitCounts } from "../setup.js";
import { groupsGiven } from "../tasks/targets.js";
import { trainedModel } from "../trained-model.js";
import { finishLabels } from "./finish-labels.js";
import { targetsOf } from "./label-judge.js";
import { solveLabels } from "./solve-labels.js";

/** A run that learns which of several labels items have: plan, forecast, features, probe, training, scores, report. */
export async function labelAndScore(
  planning: Context,
  unit: LabelsResultEvent["unit"],
  begin: number,
  events: readonly EngraftEvent[],
): Promise<LabelsResultEvent> {
  const { run, options, platform, runtime, dataset, opened, onEvent } = planning;
  const { body, base } = opened;
  const { classes } = dataset;
  const l = classes.length;
  requireMemory(
    {
      items: dataset.items.length,
      examples: itemsOf(planning, "train").length,
      width: body.width,
      classes: l,
    },
    memoryOf(options, platform.memoryBytes()),
  );
  const planningBegin = performance.now();
  const planned = await planRun(planning);
  const preparing = (performance.now() - planningBegin) / 1000;
  const { strategy, trained } = planned;
  if (planning.inputs) {
    const { lengthsEvent } = await import("../lengths-of.js");
    const { batch } = trained?.plan ?? {};
    const seed = options.seed ?? defaults.seed;
    const items = itemsOf(planning, "train");
    onEvent(lengthsEvent(planning.inputs, items, { seed, ...(batch !== undefined && { batch }) }));
  }
  let total = 0;
  for (const { dtype, data } of planned.blank.initializers.values())
    if (dtype === "float32") total += data.length;
  const headSize = l * (body.width + 1);
  const parameters = trained ? trained.plan.groups.reduce((n, g) => n + g.parameters, 0) : headSize;
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
  const trunk = await openTrunk(opened, runtime, platform, { ...options, onEvent }, planning.inputs);
  const [validation, test] = [itemsOf(planning, "validation"), itemsOf(planning, "test")];
  const expected = await measure(planning, {
    begin,
    preparing,
    trunk,
    fit: trained?.fit ?? planned.beside,
    plan: trained?.plan,
    train: itemsOf(planning, "train"),
    validation: validation.length,
    test: test.length,
    beside: besideOf(options, planned.scratch(), trained?.plan),
    findsRate: true,
    scoredBefore: 0,
  });
  await planned.beside?.dispose();
  const context =
    options.baselines === "auto"
      ? await (await import("../beside-decided.js")).besideDecided(planning, expected.beside)
      : planning;
  onEvent(withSeeds(expected.event, context.options));

  const solved = await solveLabels(context, trunk);
  const trainingBegin = performance.now();
  const probed = withHead(body, l, solved.probe);
  const from = { planned, probed, begin, expected, tellGroups };
  const fitted =
    trained && (await (await import("../train-from.js")).trainFrom(context, { ...from, trained }));
  const { model: unrounded, files } = await trainedModel(context, probed, fitted, trained?.plan);
  // What is measured is what the file holds.
  const stored = storedAs(unrounded, options.weights ?? defaults.weights, base.imported.storedAs);
  const model = roundedAs(unrounded, stored);
  const known = !fitted && model === unrounded;
  const scoresOf = async (part: "validation" | "test") =>
    (await predictWith(runtime, fedBy(opened, model), heldOf(context, part), l, options.signal)).logits;
  const logits = known ? solved.test : await scoresOf("test");
  const held = known ? solved.held : await scoresOf("validation");
  const truth = targetsOf(test, l);
  const grouped = groupsGiven(test);
  const { threshold = usualThreshold } = options;
  const values = (of: Float32Array): number[] =>
    threshold === "validation"
      ? chosenThresholds(of, targetsOf(validation, l), l)
      : classes.map(() => threshold);
  const thresholds = values(held);
  const scored = (of: Float32Array, its: readonly number[]) =>
    scoreLabels(
      { labels: classes, logits: of, targets: truth, items: test.map(({ id }) => id), ...grouped },
      { thresholds: its },
    );
  const training = solved.seconds.solving + (performance.now() - trainingBegin) / 1000;
  // Thresholds of a model are its own: what stands beside it has 0.5, or what was asked for.
  function thresholdsFixed(): number[] {
    return classes.map(() => (threshold === "validation" ? usualThreshold : threshold));
  }
  const probe: LabelBaseline | undefined = trained && {
    test: scored(solved.test, values(solved.held)),
    seconds: solved.seconds.features + solved.seconds.solving,
    recipe: solved.recipe,
  };
  const alone: LabelsResultEvent = {
    event: "result",
    task: "multi-label-classification",
    unit,
    run: run.path,
    model: run.file("model"),
    base: baseFacts(base),
    strategy,
    classes,
    thresholds: { rule: threshold === "validation" ? "validation" : "fixed", values: thresholds },
    split: splitCounts(dataset),
    trainable: { parameters, total },
    ...keptEpoch(fitted),
    test: {
      ...scored(logits, thresholds),
      tallies: flatTallies(tallyLabels(labelsSaid(logits, l, thresholds), truth, l)),
    },
    validation: {
      n: validation.length,
      ...(fitted ? { f1: fitted.best.accuracy, loss: fitted.best.loss } : solved.validation),
    },
    ...(fitted?.rate !== undefined && { rate_found: fitted.rate }),
    ...(fitted?.divergence && { diverged: fitted.divergence }),
    seconds: { total: (performance.now() - begin) / 1000, features: solved.seconds.features, training },
    peak_rss_mb: platform.peakMemoryMb(),
    forecast: { seconds: expected.event.seconds, peak_rss_mb: expected.event.peak_rss_mb },
    test_looks: await testLooks(platform, dataset.testFingerprint, run.path, onEvent),
    baselines: { ...(probe && { probe }) },
  };
  let scratch: Awaited<ReturnType<typeof scratchAnswers>> | undefined;
  const besides = async () => {
    const decide = fitted ? fitted.decide : besideSolved(context, { begin, expected });
    scratch = await scratchAnswers(context, {
      blank: planned.plain,
      plans: planned.scratch,
      prepare: (net, its, stage) => stageOf(context, net, its, stage, "scratch"),
      test: heldOf(context, "test"),
      ...(decide && { decide }),
    });
    const words =
      context.inputs &&
      (await (
        await import("./tf-idf-labels.js")
      ).tfIdfLabels(context, (of) => scored(of, thresholdsFixed())));
    const its = scratch.predictions.logits;
    const { seconds, recipe } = scratch.told;
    return {
      baselines: {
        ...alone.baselines,
        ...(words && { tf_idf: words }),
        scratch: { test: scored(its, thresholdsFixed()), seconds, recipe },
      },
      verdict: await verdictOf(logits, thresholds, its),
    };
  };
  async function verdictOf(a: Float32Array, its: readonly number[], b: Float32Array) {
    const tallies = (of: Float32Array, at: readonly number[]) => tallyLabels(labelsSaid(of, l, at), truth, l);
    return verdictOfF1([tallies(a, its)], [tallies(b, thresholdsFixed())], unit, grouped.groups);
  }
  const onnx = await exported(context, model, stored);
  const keep = (result: LabelsResultEvent, unfinished = false): Promise<void> =>
    finishLabels({
      context,
      result,
      events: [...events, result],
      onnx,
      ...(files && { files }),
      unfinished,
    });
  const moreSeeds = async () =>
    (await import("./more-label-seeds.js")).moreLabelSeeds(context, {
      ...{ planned, probed, stored, unit, thresholdsOf: values, fixed: thresholdsFixed() },
      answers: { test: logits, held },
      ...(fitted && { fitted }),
      ...(scratch && {
        scratch: {
          test: scratch.predictions.logits,
          ...(scratch.rate !== undefined && { rate: scratch.rate }),
        },
      }),
    });
  const result = await keptInSeeds(context, {
    ...{ alone, keep, moreSeeds, begin },
    ...(expected.beside.baselines && { beside: besides }),
  });
  onEvent(result);
  return result;
}
