import { withHead } from "../../bases/heads.js";
import { exportTextClassifier } from "../../bases/text-body.js";
import { roundedAs, storedAs } from "../../bases/weight-storage.js";
import { baseFacts } from "../../core/base-facts.js";
import type { EntityBaseline } from "../../core/entities.js";
import type { EngraftEvent, EntitiesResultEvent, TrainableEvent } from "../../core/events.js";
import { flatTallies } from "../../evaluate/entities.js";
import type { TrainingPlan } from "../../methods/plan.js";
import { besideOf } from "../beside.js";
import { besideSolved } from "../budgeted.js";
import { keptEpoch } from "../kept-epoch.js";
import { keptInSeeds } from "../kept-in-seeds.js";
import { lengthsEvent } from "../lengths-of.js";
import { testLooks } from "../looks.js";
import { measure, withSeeds } from "../measure.js";
import { requireMemory } from "../memory.js";
import { defaults, memoryOf } from "../options.js";
import { verdictOfF1 } from "../seeds-by-f1.js";
import { splitCounts } from "../setup.js";
import { groupsGiven } from "../tasks/targets.js";
import { trainedModel } from "../trained-model.js";
import { answersWith, talliesOf } from "./answers-with.js";
import { finishEntities } from "./finish-entities.js";
import { lookedUp } from "./lookup.js";
import { planTags, rowsOfTokens } from "./plan-tags.js";
import { scratchTags } from "./scratch-tags.js";
import { solveTags } from "./solve-tags.js";
import { partOf, type Tagging, tagStage } from "./stage.js";
import { scoresOfAnswers, scoresOfTags, type WordAnswers } from "./word-answers.js";
import { openWordTrunk } from "./word-trunk.js";

/** A run that learns to mark entities: plan, forecast, features, probe, training, scores, report. */
export async function tagAndScore(
  planning: Tagging,
  begin: number,
  events: readonly EngraftEvent[],
): Promise<EntitiesResultEvent> {
  const { data } = planning;
  const { run, options, platform, opened, onEvent } = planning.context;
  const { body, base } = opened;
  const classes = data.labels.length;
  const [train, test] = [partOf(data, "train"), partOf(data, "test")];
  const planningBegin = performance.now();
  const planned = await planTags(planning);
  const preparing = (performance.now() - planningBegin) / 1000;
  const { strategy, trained, blank } = planned;
  const trunk = await openWordTrunk(planning, trained === undefined);
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
  const learnt = planning.context.dataset.items.filter(({ part }) => part === "train");
  const { seed = defaults.seed } = options;
  onEvent(lengthsEvent(planning.context.inputs!, learnt, { seed, ...(batch !== undefined && { batch }) }));
  const expected = await measure(
    { ...planning.context, dataset: { ...planning.context.dataset, items: shown } },
    {
      begin,
      preparing,
      trunk,
      fit: trained?.fit ?? planned.beside,
      plan: trained?.plan,
      train: learnt,
      validation: partOf(data, "validation").length,
      test: test.length,
      beside: besideOf(options, planned.scratch, trained?.plan),
      scoredBefore: 0,
    },
  );
  await planned.beside?.dispose();
  const context =
    options.baselines === "auto"
      ? await (await import("../beside-decided.js")).besideDecided(planning.context, expected.beside)
      : planning.context;
  const tagging: Tagging = { ...planning, context };
  onEvent(withSeeds(expected.event, context.options));

  const solved = await solveTags(tagging, trunk);
  const trainingBegin = performance.now();
  const probed = withHead(body, classes, solved.probe, rowsOfTokens);
  // A probe beside the run is scored as well: the same pass over the test part as for a model that trained.
  const probeAnswers = trained ? await answersWith(tagging, probed) : undefined;
  const prepare = (plan: TrainingPlan, stage: string) => tagStage(tagging, blank, plan, stage);
  const from = {
    planned: { ...planned, oldScores: undefined },
    probed,
    begin,
    expected,
    tellGroups,
    prepare,
  };
  const fitted =
    trained && (await (await import("../train-from.js")).trainFrom(context, { ...from, trained }));
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
  const alone: EntitiesResultEvent = {
    event: "result",
    task: "token-classification",
    run: run.path,
    model: run.file("model"),
    base: baseFacts(base),
    strategy,
    types: data.types,
    labels: data.labels,
    scheme: data.scheme,
    repaired: data.repaired,
    split: splitCounts(data),
    trainable: { parameters, total },
    ...keptEpoch(fitted),
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
    },
  };
  let scratch: WordAnswers | undefined;
  const besides = async () => {
    const decide = fitted ? fitted.decide : besideSolved(context, { begin, expected });
    const beside = await scratchTags(tagging, planned, decide && { decide });
    scratch = beside.answers;
    return {
      baselines: { ...alone.baselines, scratch: beside.baseline },
      verdict: await verdictOf(tagging, answers, scratch),
    };
  };
  const onnx = exportTextClassifier(model, stored, { perToken: classes });
  const keep = (result: EntitiesResultEvent, unfinished = false): Promise<void> =>
    finishEntities({
      context,
      data,
      result,
      events: [...events, result],
      onnx,
      ...(files && { files }),
      unfinished,
    });
  const moreSeeds = async () =>
    (await import("./more-tag-seeds.js")).moreTagSeeds(tagging, {
      ...{ planned, probed, stored, answers },
      ...(fitted && { fitted }),
      ...(scratch && { scratch }),
    });
  const result = await keptInSeeds(context, {
    ...{ alone, keep, moreSeeds, begin },
    ...(expected.beside.baselines && { beside: besides }),
  });
  onEvent(result);
  return result;
}

const verdictOf = (tagging: Tagging, a: WordAnswers, b: WordAnswers) =>
  verdictOfF1(
    [talliesOf(tagging, a)],
    [talliesOf(tagging, b)],
    "sentences",
    groupsGiven(tagging.data.items.filter(({ part }) => part === "test")).groups,
  );
