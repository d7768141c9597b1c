import { withWeights } from "../../bases/heads.js";
import type { LanguageModel } from "../../bases/language-model.js";
import type { Base } from "../../bases/open/open-base.js";
import { openTextBase } from "../../bases/text/text-base.js";
import { textBody } from "../../bases/text/text-body.js";
import { roundedAs, storedAs } from "../../bases/weight-storage.js";
import { EngraftError } from "../../core/errors.js";
import type { DataEvent, PretrainResultEvent } from "../../core/events/events.js";
import { message, reasonFields } from "../../core/messages/message.js";
import { baseFacts } from "../../core/results/base-facts.js";
import type { Tensor } from "../../core/tensor.js";
import { splitFields } from "../../data/split/split-origin.js";
import { openUnlabelledTexts, type UnlabelledTexts } from "../../data/texts/unlabelled-texts.js";
import type { Value } from "../../graph/node.js";
import { lengthOf } from "../../methods/plan.js";
import { memoryOf } from "../../options/options.js";
import { type Look, type Underway, underway } from "../../run/execute-run.js";
import { requireSameBase, requireSameOptions } from "../../run/folder/require-same.js";
import type { RunFolder } from "../../run/folder/run-folder.js";
import type { Machine } from "../../run/machine.js";
import { countParameters } from "../../run/training/count-parameters.js";
import { openSession } from "../../runtime/open.js";
import type { Runtime } from "../../runtime/runtime.js";
import { rateOfSize } from "../../tasks/texts/text-defaults.js";
import type { FitResult } from "../../train/fit.js";
import { finishPretraining } from "./finish.js";
import { type PretrainOptions, pretrainDefaults } from "./options.js";
import { type PreparedTexts, prepareTexts } from "./prepare-texts.js";
import type { LanguageRows, RowFormat } from "./rows.js";
import { gainOf, languageScores, lossesOf, type RowLosses } from "./scores.js";
import { bodyPlan, headPlan, type StageContext } from "./stages.js";
import { type TrainedStages, trainStages } from "./train-stages.js";

/** Carry a pretraining out, from the first step or from where it was stopped. */
export async function executePretraining(
  machine: Machine,
  run: RunFolder,
  options: PretrainOptions,
): Promise<PretrainResultEvent> {
  const { platform } = machine;
  const seed = options.seed ?? pretrainDefaults.seed;
  const look: Look<UnlabelledTexts> = async (onEvent) => {
    const texts = await openUnlabelledTexts(platform, run.manifest.data, { seed });
    onEvent(dataEvent(texts, seed));
    return texts;
  };
  return underway(machine, run, options, look, async (under) => {
    await requireSameTexts(run, under.given);
    return pretrainBase({ ...under, machine, run, options, seed });
  });
}

/** A pretraining under way. */
interface Pretraining extends Underway<UnlabelledTexts> {
  readonly machine: Machine;
  readonly run: RunFolder;
  readonly options: PretrainOptions;
  readonly seed: number;
}

async function pretrainBase(pretraining: Pretraining): Promise<PretrainResultEvent> {
  const { machine, run, options, given, runtime, begin, onEvent, seed } = pretraining;
  const { platform } = machine;
  const base = await openTextBase(options.base ?? pretrainDefaults.base, {
    platform,
    ...(options.cut !== undefined && { cut: options.cut }),
    ...(options.maxLength !== undefined && { maxLength: options.maxLength }),
  });
  const prepared = await prepareTexts(base, given, { runtime, options, seed, onEvent });
  const { model, train, held, format, pad } = prepared;
  const cut = base.cut !== undefined && { cut: base.cut };
  const body = textBody(base.imported.graph, { pooling: "each", pad, ...cut });
  onEvent({
    ...{ event: "base", ...baseFacts(base) },
    input: `rows of ${format.length} of ${base.text.tokenizer.vocabulary} tokens`,
    cut: `${body.cut.value}: ${body.cut.because}; head of words ${model.words}`,
    ...{ features: body.width, notes: base.imported.notes },
  });
  await requireSameBase(run, { base, body });
  const { epochs, batch } = lengthOf({
    examples: train.count,
    ...(options.epochs !== undefined && { epochs: options.epochs }),
    ...smallBatch(options.batchSize, train.count),
  });
  const plan = bodyPlan(model, options.lr ?? rateOfSize(base.imported.graph));
  const trainable = {
    parameters: plan.groups.reduce((n, g) => n + g.parameters, 0),
    total: countParameters(model.graph),
  };
  const { name, words, paper, because } = objectives[format.objective];
  onEvent({
    event: "trainable",
    strategy: "pretrain",
    ...reasonFields([because]),
    ...trainable,
    groups: plan.groups,
  });
  const context: Omit<StageContext, "store"> = {
    ...{ runtime, options, model, train, held, epochs, batch, onEvent },
    memoryBytes: memoryOf(options, platform.memoryBytes()),
  };
  const trained = await trainStages(context, { run, platform, begin, head: headPlan(model), body: plan });
  const { made, stored, ...scores } = await scoredBase(pretraining, base, prepared, trained);
  const result: PretrainResultEvent = {
    event: "result",
    task: "language-modelling",
    ...{ run: run.path, model: run.file("model"), base: baseFacts(base) },
    objective: { name, words: words(format), paper },
    split: splitOf(given, seed),
    tokens: prepared.tokens,
    rows: { train: train.count, held_back: held.count, length: format.length },
    trainable,
    epochs: trained.fit.epochs.length,
    best_epoch: trained.fit.bestEpoch,
    ...scores,
    seconds: { total: (performance.now() - begin) / 1000, training: trained.seconds },
    peak_rss_mb: platform.peakMemoryMb(),
    ...{ forecast: trained.forecast, seed },
  };
  await finishPretraining({ machine, run, base }, made, stored, result);
  onEvent(result);
  return result;
}

/** Returns the new base as its file holds it, and the scores of old and new base on the held-back texts. */
async function scoredBase(
  { runtime, options, onEvent }: Pretraining,
  { imported }: Base,
  { model, held }: PreparedTexts,
  { fit, head }: TrainedStages,
) {
  const { graph } = imported;
  const moved = weightsOfBase(graph, fit, model);
  const stored = storedAs(graph, options.weights ?? pretrainDefaults.weights, imported.storedAs);
  // The scores are those of the saved file.
  const made = roundedAs(withWeights(graph, moved), stored);
  const scored = (weights: ReadonlyMap<Value, Tensor>): Promise<RowLosses> =>
    scoresUnder(runtime, withWeights(model.graph, weights), held, options.signal);
  const tell = (done: number): void =>
    onEvent({ event: "progress", phase: "evaluation", done, total: 2, unit: "trials" });
  tell(0);
  const first = await scored(head ?? new Map());
  tell(1);
  const last = await scored(new Map([...fit.weights, ...rowsOf(made, moved)]));
  tell(2);
  const gain = gainOf(first, last);
  if (!gain.ci95 || gain.ci95[0] <= 0)
    onEvent({
      event: "warning",
      code: "no-gain",
      message: `the held-back texts are not surely easier for the new base (loss lower by ${gain.loss.toFixed(4)}${gain.ci95 ? `, 95 % interval ${gain.ci95.map((x) => x.toFixed(4)).join(" to ")}` : ""}): give more texts, more --epochs, or another --lr`,
    });
  return { made, stored, before: languageScores(first), after: languageScores(last), gain };
}

/** Rows that are so few make more steps in smaller batches. */
const [fewRows, rowsOfFew] = [128, 4] as const;

function smallBatch(asked: number | undefined, rows: number): { readonly batch?: number } {
  const batch = asked ?? (rows < fewRows ? rowsOfFew : undefined);
  return batch === undefined ? {} : { batch };
}

/** What is learnt, by its name. */
export const objectives = {
  masked: {
    name: "masked",
    because: message("masked-modelling"),
    words: ({ share, wholeWords }: RowFormat) =>
      `${Math.round(100 * share)} % of the tokens hidden${wholeWords ? ", whole words together" : ""}: 80 % by the mask, 10 % by another token, 10 % as they are`,
    paper: "Devlin et al., BERT: Pre-training of Deep Bidirectional Transformers, 2019",
  },
  causal: {
    name: "causal",
    because: message("causal-modelling"),
    words: () => "each token from those before it",
    paper: "Radford et al., Language Models are Unsupervised Multitask Learners, 2019",
  },
} as const;

function splitOf({ train, held }: UnlabelledTexts, seed: number): PretrainResultEvent["split"] {
  return { train: train.length, validation: held.length, test: 0, seed };
}

function dataEvent(texts: UnlabelledTexts, seed: number): DataEvent {
  return {
    event: "data",
    task: "language-modelling",
    classes: [],
    split: splitOf(texts, seed),
    ...splitFields(texts),
    skipped: texts.skipped,
    duplicates: { exact: texts.duplicates, near: 0, across_parts: 0 },
    fingerprint: texts.fingerprint,
  };
}

/** The weights that moved, by their names in the base's own graph. */
function weightsOfBase(
  graph: Base["imported"]["graph"],
  { weights }: FitResult,
  { head }: LanguageModel,
): Map<Value, Tensor> {
  const own = new Set(head);
  const moved = new Map([...weights].filter(([value]) => !own.has(value)));
  for (const value of moved.keys())
    if (!graph.initializers.has(value))
      throw new EngraftError("InternalError", `the weight "${value}" is none of the base's`, {
        help: "please report this",
      });
  return moved;
}

const rowsOf = (graph: Base["imported"]["graph"], moved: ReadonlyMap<Value, Tensor>): [Value, Tensor][] =>
  [...moved.keys()].map((value) => [value, graph.initializers.get(value)!]);

/** Losses of the held-back rows under a model with its weights inside. */
async function scoresUnder(
  runtime: Runtime,
  graph: LanguageModel["graph"],
  held: LanguageRows,
  signal: AbortSignal | undefined,
): Promise<RowLosses> {
  const session = await openSession(runtime, graph, { label: "the language model" });
  try {
    const input = session.inputs[0]!.name;
    return await lossesOf(
      async (x) => Object.values(await session.run({ [input]: x }))[0]!.data as Float32Array,
      held,
      signal,
    );
  } finally {
    await session.dispose();
  }
}

/** A run that goes on must see the texts and options it was started with. */
async function requireSameTexts(run: RunFolder, { fingerprint: now }: UnlabelledTexts): Promise<void> {
  await requireSameOptions(run);
  const { fingerprint } = run.manifest;
  if (fingerprint === undefined) await run.update({ fingerprint: now });
  else if (fingerprint !== now)
    throw new EngraftError("RunError", "the texts changed since the run was started", {
      at: run.path,
      help: "put them back as they were, or start a new run with another --out",
      details: { before: fingerprint, now },
    });
}
