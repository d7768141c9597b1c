import { withWeights } from "../../bases/heads.js";
import { type LanguageModel, languageModel } from "../../bases/language-model.js";
import type { Base, TextFacts } from "../../bases/open/open-base.js";
import { openTextBase } from "../../bases/text/text-base.js";
import { textBody } from "../../bases/text/text-body.js";
import { roundedAs, storedAs } from "../../bases/weight-storage.js";
import { EngraftError } from "../../core/errors.js";
import type { DataEvent, OnEvent, PretrainResultEvent } from "../../core/events/events.js";
import { baseFacts } from "../../core/results/base-facts.js";
import type { Tensor } from "../../core/tensor.js";
import { openUnlabelledTexts, type UnlabelledTexts } from "../../data/texts/unlabelled-texts.js";
import type { Value } from "../../graph/node.js";
import { lengthOf } from "../../methods/plan.js";
import { memoryOf } from "../../options/options.js";
import { type Look, underway } from "../../run/execute-run.js";
import { requireSameBase, requireSameOptions } from "../../run/folder/require-same.js";
import type { RunFolder } from "../../run/folder/run-folder.js";
import type { Machine } from "../../run/machine.js";
import { openSession } from "../../runtime/open.js";
import type { Runtime } from "../../runtime/runtime.js";
import { rateOfSize } from "../../tasks/texts/text-defaults.js";
import type { FitResult } from "../../train/fit.js";
import { isCausal } from "./direction.js";
import { finishPretraining } from "./finish.js";
import { type PretrainOptions, pretrainDefaults } from "./options.js";
import { LanguageRows, placesOf, type RowFormat, streamOf } from "./rows.js";
import { gainOf, languageScores, lossesOf, type RowLosses } from "./scores.js";
import { bodyPlan, headPlan, type StageContext } from "./stages.js";
import { trainStages } from "./train-stages.js";

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
  return underway(machine, run, options, look, async ({ given, runtime, begin, onEvent }) => {
    await requireSameTexts(run, given);
    const base = await openTextBase(options.base ?? pretrainDefaults.base, {
      platform,
      ...(options.cut !== undefined && { cut: options.cut }),
      ...(options.maxLength !== undefined && { maxLength: options.maxLength }),
    });
    const prepared = await prepare(base, given, { runtime, options, seed, onEvent });
    const { model, train, held, format, pad } = prepared;
    const body = textBody(base.imported.graph, {
      pooling: "each",
      pad,
      ...(base.cut !== undefined && { cut: base.cut }),
    });
    onEvent({
      event: "base",
      ...baseFacts(base),
      input: `rows of ${format.length} of ${base.text.tokenizer.vocabulary} tokens`,
      cut: `${body.cut.value}: ${body.cut.because}; head of words ${model.words}`,
      features: body.width,
      notes: base.imported.notes,
    });
    await requireSameBase(run, { base, body });
    const { epochs, batch } = lengthOf({
      examples: train.count,
      ...(options.epochs !== undefined && { epochs: options.epochs }),
      ...smallBatch(options.batchSize, train.count),
    });
    const plan = bodyPlan(model, options.lr ?? rateOfSize(base.imported.graph));
    const parameters = plan.groups.reduce((n, g) => n + g.parameters, 0);
    const total = [...model.graph.initializers.values()].reduce(
      (n, { dtype, data }) => n + (dtype === "float32" ? data.length : 0),
      0,
    );
    onEvent({
      event: "trainable",
      strategy: "pretrain",
      reasons: [objectives[format.objective].because],
      parameters,
      total,
      groups: plan.groups,
    });
    const context: Omit<StageContext, "store"> = {
      runtime,
      options,
      model,
      train,
      held,
      epochs,
      batch,
      memoryBytes: memoryOf(options, platform.memoryBytes()),
      onEvent,
    };
    const trained = await trainStages(context, { run, platform, begin, head: headPlan(model), body: plan });
    const { graph } = base.imported;
    const moved = weightsOfBase(graph, trained.fit, model);
    const stored = storedAs(graph, options.weights ?? pretrainDefaults.weights, base.imported.storedAs);
    // What is measured is what the file holds.
    const made = roundedAs(withWeights(graph, moved), stored);
    const scored = (weights: ReadonlyMap<Value, Tensor>): Promise<RowLosses> =>
      scoresUnder(runtime, withWeights(model.graph, weights), held, options.signal);
    onEvent({ event: "progress", phase: "evaluation", done: 0, total: 2, unit: "trials" });
    const first = await scored(trained.head ?? new Map());
    onEvent({ event: "progress", phase: "evaluation", done: 1, total: 2, unit: "trials" });
    const last = await scored(new Map([...trained.fit.weights, ...rowsOf(made, moved)]));
    onEvent({ event: "progress", phase: "evaluation", done: 2, total: 2, unit: "trials" });
    const [before, after] = [languageScores(first), languageScores(last)];
    const gain = gainOf(first, last);
    if (!gain.ci95 || gain.ci95[0] <= 0)
      onEvent({
        event: "warning",
        code: "no-gain",
        message: `the held-back texts are not surely easier for the new base (loss lower by ${gain.loss.toFixed(4)}${gain.ci95 ? `, 95 % interval ${gain.ci95.map((x) => x.toFixed(4)).join(" to ")}` : ""}): give more texts, more --epochs, or another --lr`,
      });
    const { name, words, paper } = objectives[format.objective];
    const result: PretrainResultEvent = {
      event: "result",
      task: "language-modelling",
      run: run.path,
      model: run.file("model"),
      base: baseFacts(base),
      objective: { name, words: words(format), paper },
      split: splitOf(given, seed),
      tokens: prepared.tokens,
      rows: { train: train.count, held_back: held.count, length: format.length },
      trainable: { parameters, total },
      epochs: trained.fit.epochs.length,
      best_epoch: trained.fit.bestEpoch,
      before,
      after,
      gain,
      seconds: { total: (performance.now() - begin) / 1000, training: trained.seconds },
      peak_rss_mb: platform.peakMemoryMb(),
      forecast: trained.forecast,
      seed,
    };
    await finishPretraining({ machine, run, base }, made, stored, result);
    onEvent(result);
    return result;
  });
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
    because: "masked modelling: the base sees the tokens on both sides of a place",
    words: ({ share, wholeWords }: RowFormat) =>
      `${Math.round(100 * share)} % of the tokens hidden${wholeWords ? ", whole words together" : ""}: 80 % by the mask, 10 % by another token, 10 % as they are`,
    paper: "Devlin et al., BERT: Pre-training of Deep Bidirectional Transformers, 2019",
  },
  causal: {
    name: "causal",
    because: "causal modelling: the base sees only the tokens before a place",
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
    split_words: texts.splitWords,
    skipped: texts.skipped,
    duplicates: { exact: texts.duplicates, near: 0, across_parts: 0 },
    fingerprint: texts.fingerprint,
  };
}

/** The texts as rows of tokens, and the base with a head of words. */
async function prepare(
  base: Base & { readonly text: TextFacts },
  texts: UnlabelledTexts,
  {
    runtime,
    options,
    seed,
    onEvent,
  }: {
    readonly runtime: Runtime;
    readonly options: PretrainOptions;
    readonly seed: number;
    readonly onEvent: OnEvent;
  },
) {
  const { tokenizer, fixed } = base.text;
  const { graph } = base.imported;
  const { cut } = base;
  const length = fixed ?? tokenizer.longest;
  const causal = await isCausal(runtime, graph, {
    tokenizer,
    length: fixed ?? 8,
    ...(cut !== undefined && { cut }),
  });
  if (!causal && tokenizer.mask === undefined)
    throw new EngraftError(
      "ModelError",
      `${base.name} sees both sides of a token, and its tokenizer has no mask token`,
      {
        help: "masked modelling hides tokens by [MASK] or <mask>: give a base that was pretrained so, or a decoder",
      },
    );
  const ignored = (["maskShare", "wholeWords"] as const).find((name) => options[name] !== undefined);
  if (causal && ignored !== undefined)
    throw new EngraftError(
      "OptionError",
      `${ignored} means nothing for ${base.name}: it sees only the tokens before a place`,
      {
        help: "a decoder learns to say the next token: leave it out",
      },
    );
  const format: RowFormat = {
    objective: causal ? "causal" : "masked",
    tokenizer,
    length,
    share: options.maskShare ?? pretrainDefaults.maskShare,
    wholeWords: options.wholeWords === true,
    seed,
  };
  const { signal } = options;
  const stream = streamOf(texts.train, tokenizer, signal);
  const train = new LanguageRows(stream, format, "train");
  const held = new LanguageRows(streamOf(texts.held, tokenizer, signal), format, "held back");
  if (train.count === 0 || held.count === 0)
    throw new EngraftError("DataError", "the texts have no tokens that the base knows", {
      help: "give texts in the language of the base",
    });
  const model: LanguageModel = languageModel(graph, {
    pad: tokenizer.pad,
    length,
    count: placesOf(format),
    ...(cut !== undefined && { cut }),
    begin: causal ? "tied" : { shares: sharesOf(stream.tokens, tokenizer.vocabulary) },
  });
  const unknown = stream.tokens.reduce((n, token) => n + (token === tokenizer.unknown ? 1 : 0), 0);
  const share = unknown / Math.max(1, stream.tokens.length);
  if (share > manyUnknown)
    onEvent({
      event: "warning",
      code: "unknown-tokens",
      message: `${(100 * share).toFixed(1)} % of the tokens are not in the base's vocabulary: of those nothing is learnt`,
    });
  return { model, train, held, format, tokens: stream.tokens.length, pad: tokenizer.pad };
}

/** So large a share of unknown tokens is worth a warning: the base is of another language. */
const manyUnknown = 0.05;

/** Share of each token, with one added to each count (Laplace). */
function sharesOf(tokens: Int32Array, vocabulary: number): Float32Array {
  const counts = new Float64Array(vocabulary).fill(1);
  for (const token of tokens) counts[token]!++;
  const all = tokens.length + vocabulary;
  return Float32Array.from(counts, (n) => n / all);
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
