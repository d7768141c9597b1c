import { writeFolder } from "../../bases/model-folder/write-folder.js";
import type { Base, TextFacts } from "../../bases/open/open-base.js";
import { openTextBase } from "../../bases/text/text-base.js";
import { textBody } from "../../bases/text/text-body.js";
import { EngraftError } from "../../core/errors.js";
import type { DataEvent, LanguageScores, PretrainResultEvent } from "../../core/events/events.js";
import type { OnProgress } from "../../core/events/progress-events.js";
import { baseFacts } from "../../core/results/base-facts.js";
import { holdsChats } from "../../data/chats/read-chats.js";
import { type Samples, uniformInputs } from "../../data/index.js";
import { splitFields } from "../../data/split/split-origin.js";
import { openUnlabelledTexts, type UnlabelledTexts } from "../../data/texts/unlabelled-texts.js";
import type { Graph } from "../../graph/graph.js";
import { shellWord } from "../../run/command-line.js";
import type { Context } from "../../run/context.js";
import { type LoadData, withOpenedRun } from "../../run/execute-run.js";
import { requireSameBase, requireSameData } from "../../run/folder/require-same.js";
import type { RunFolder } from "../../run/folder/run-folder.js";
import type { Machine } from "../../run/machine.js";
import { commonResult, planTask, trainModel } from "../../run/train-task.js";
import type { Solved } from "../../run/trainable-task.js";
import type { TrainedTask } from "../../run/trained-task.js";
import { firstOutput } from "../../runtime/first-output.js";
import { openSession } from "../../runtime/open.js";
import { type LanguageRows, RowsOfTexts } from "../../tasks/generation/rows.js";
import {
  decoderFiles,
  keepsFile,
  reasonForAdapter,
  savedDecoder,
} from "../../tasks/generation/saved-decoder.js";
import {
  gainOf,
  languageScores,
  lossesOf,
  meanOf,
  type RowLosses,
  unigramLosses,
} from "../../tasks/generation/scores.js";
import { writeSamples } from "../../tasks/generation/write-samples.js";
import { languageHead, languageRegime, languageTask } from "./language-task.js";
import { type ChosenStrategy, type PretrainOptions, pretrainDefaults } from "./options.js";
import { type PreparedTexts, prepareTexts } from "./prepare-texts.js";
import { objectives } from "./row-objectives.js";

/** Executes a pretraining, from the first step or from the last checkpoint. */
export async function executePretraining(
  machine: Machine,
  run: RunFolder,
  options: PretrainOptions,
): Promise<PretrainResultEvent> {
  const { platform } = machine;
  const seed = options.seed ?? pretrainDefaults.seed;
  const loadData: LoadData<UnlabelledTexts> = async (onEvent) => {
    const { data } = run.manifest;
    if (await holdsChats(platform, data)) throw areChats(data);
    const texts = await openUnlabelledTexts(platform, data, { seed });
    onEvent(dataEvent(texts, seed));
    return texts;
  };
  return withOpenedRun(
    machine,
    run,
    options,
    loadData,
    async ({ given, runtime, begin, events, onEvent }) => {
      const base = await openTextBase(options.base ?? pretrainDefaults.base, {
        platform,
        onEvent,
        cut: options.cut,
        maxLength: options.maxLength,
      });
      const texts = await prepareTexts(base, given, {
        ...{ runtime, options, seed, onEvent },
      });
      const { model, format, pad } = texts;
      const body = textBody(base.imported.graph, { pooling: "each", pad, cut: base.cut });
      onEvent({
        event: "base",
        ...baseFacts(base),
        input: `rows of ${format.length} of ${base.text.tokenizer.vocabulary} tokens`,
        cut: `${body.cut.value}: ${body.cut.because}; head of words ${model.words}`,
        features: body.width,
        notes: base.imported.notes,
      });
      const dataset = rowsDataset(run.manifest.data, given, texts, seed);
      await requireSameData(run, dataset, () => "");
      await requireSameBase(run, { base, body });
      const strategy = strategyFor(base, options);
      const keeps = await keepsFile(base, options, { platform, runtime }, onEvent);
      await run.settle();
      const { maskShare: _m, wholeWords: _w, ...others } = options;
      const context: Context = {
        run,
        machine: { ...machine, runtime },
        dataset,
        onEvent,
        opened: { base, body },
        options: {
          ...others,
          ...(keeps && { weights: "same" as const }),
          seed,
          strategy: strategy.name,
        },
        inputs: rowInputs(dataset, texts),
        training: {
          head: languageHead(texts),
          defaults: () => ({ schedule: pretrainDefaults.schedule, ...smallBatch(texts.train.count) }),
        },
        besides: { regime: languageRegime(texts, base, strategy, options.signal) },
      };
      const task = languageTask(texts, begin);
      const trained = await trainModel(await planTask(context, task, begin), task, begin, events);
      const result = await resultOf(trained, { given, base, texts, seed, begin });
      await finishPretraining({ machine, run, base, keeps }, trained, result);
      return result;
    },
  );
}

/** Returns the error of data whose answers are learnt by another command. */
const areChats = (data: string): EngraftError =>
  new EngraftError("DataError", `"${data}" holds chats, and pretrain learns texts without answers`, {
    help: `engraft train ${shellWord(data)} --task text-generation --base DECODER learns the answers`,
  });

/** Scores the original base and the new one, and lets both write. */
async function resultOf(
  trained: TrainedTask<Solved<never>>,
  {
    given,
    base,
    texts,
    seed,
    begin,
  }: {
    readonly given: UnlabelledTexts;
    readonly base: Base & { readonly text: TextFacts };
    readonly texts: PreparedTexts;
    readonly seed: number;
    readonly begin: number;
  },
): Promise<PretrainResultEvent> {
  const { context } = trained;
  const { train, held, format, model } = texts;
  const { test_looks: _, ...common } = await commonResult(trained, begin);
  const scores = await scoredBase(context, texts, trained);
  const { loss } = meanOf(unigramLosses(train, held, model.tokens));
  const guessing = { loss, perplexity: Math.exp(loss) };
  warnOfGuessing(scores.after, guessing, context.onEvent);
  const samples =
    held instanceof RowsOfTexts &&
    (await writeSamples(
      context.machine.runtime,
      base,
      { held, format, names: given.heldOut.map((_, i) => `held-back text ${i + 1}`) },
      trained,
    ));
  const { name, words, paper } = objectives[format.objective];
  return {
    ...common,
    task: "language-modelling",
    objective: { name, words: words(format), paper },
    split: splitOf(given, seed),
    tokens: texts.tokens,
    rows: { train: train.count, held_back: held.count, length: format.length },
    ...scores,
    guessing,
    ...(samples && { samples }),
    seed,
  };
}

/** Returns what trains, and why if nobody asked for it. @throws OptionError for options of a strategy that has none */
function strategyFor({ imported }: Base, { strategy, option }: PretrainOptions): ChosenStrategy {
  const reason = strategy === undefined ? reasonForAdapter(imported.graph) : undefined;
  const name = strategy ?? (reason ? "lora" : "finetune");
  if (name === "finetune" && option !== undefined)
    throw new EngraftError("OptionError", "all weights train here, and that has no options", {
      help: 'leave option out, or give the strategy "lora"',
      details: { option },
    });
  return { name, ...(reason && { reason }) };
}

/** Scores the original base and the new one on the held-back texts. */
async function scoredBase(
  context: Context,
  { held }: PreparedTexts,
  { probed, model }: { readonly probed: Graph; readonly model: Graph },
) {
  const { onEvent } = context;
  const reportProgress = (done: number): void =>
    onEvent({ event: "progress", phase: "evaluation", done, total: 2, unit: "trials" });
  reportProgress(0);
  const before = await scoresUnder(context, probed, held);
  reportProgress(1);
  // `model` has the rounded weights of the saved file.
  const after = await scoresUnder(context, model, held);
  reportProgress(2);
  const gain = gainOf(before, after);
  warnOfNoGain(gain, onEvent);
  return { before: languageScores(before), after: languageScores(after), gain };
}

function warnOfNoGain({ loss, ci95 }: PretrainResultEvent["gain"], onEvent: OnProgress): void {
  if (ci95 && ci95[0] > 0) return;
  const interval = ci95 ? `, 95 % interval ${ci95.map((x) => x.toFixed(4)).join(" to ")}` : "";
  onEvent({
    event: "warning",
    code: "no-gain",
    message: `the held-back texts are not surely easier for the new base (loss lower by ${loss.toFixed(4)}${interval}): give more texts, more --epochs, or another --lr`,
  });
}

function warnOfGuessing(
  after: LanguageScores,
  guessing: PretrainResultEvent["guessing"],
  onEvent: OnProgress,
): void {
  if (after.loss < guessing.loss) return;
  onEvent({
    event: "warning",
    code: "worse-than-guessing",
    message: `guessing each token by its frequency in the texts is better than the new base: perplexity ${guessing.perplexity.toFixed(2)} against ${after.perplexity.toFixed(2)}; give more texts, more --epochs, or another --lr`,
  });
}

/** Below `fewRows` rows, a batch has `rowsOfFew` rows, so that an epoch has more steps. */
const [fewRows, smallBatchSize] = [128, 4] as const;

const smallBatch = (rows: number): { readonly batch?: number } =>
  rows < fewRows ? { batch: smallBatchSize } : {};

function splitOf({ train, heldOut }: UnlabelledTexts, seed: number): PretrainResultEvent["split"] {
  return { train: train.length, validation: heldOut.length, test: 0, seed };
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

/** Returns the rows of tokens as unlabelled samples of a run. Held-back rows are the validation split. */
function rowsDataset(
  root: string,
  { fingerprint }: UnlabelledTexts,
  { train, held }: PreparedTexts,
  seed: number,
): Samples {
  const rows = (part: "train" | "validation", { count }: LanguageRows): Samples["items"] =>
    Array.from({ length: count }, (_, i) => {
      const id = `${part} row ${i}`;
      return { id, path: root, part, sha256: id };
    });
  return {
    root,
    classes: [],
    seed,
    items: [...rows("train", train), ...rows("validation", held)],
    fingerprint,
    testFingerprint: fingerprint,
  };
}

/** Rows per batch when a model is scored. */
const atOnce = 16;

/** Returns rows of tokens as inputs of the network, masked as in the first epoch. */
function rowInputs({ items }: Samples, { train, held }: PreparedTexts) {
  const places = new Map(items.map(({ sha256 }, i) => [sha256, i]));
  return uniformInputs(items, {
    unit: "rows",
    atOnce,
    tensor(some) {
      const indices = some.map(({ sha256 }) => places.get(sha256)!);
      const isHeld = indices[0]! >= train.count;
      return isHeld
        ? held.batch(
            0,
            indices.map((i) => i - train.count),
          ).x
        : train.batch(0, indices).x;
    },
  });
}

/** Returns losses of the held-back rows under a model whose weights are initializers. */
async function scoresUnder(
  { machine, options }: Context,
  graph: Graph,
  held: LanguageRows,
): Promise<RowLosses> {
  const session = await openSession(machine.runtime, graph, { label: "the language model" });
  try {
    return await lossesOf((x) => firstOutput(session, x), held, options.signal);
  } finally {
    await session.dispose();
  }
}

/** Writes the new base as a folder for `--base`, and last the result. */
async function finishPretraining(
  {
    machine: { platform },
    run,
    base,
    keeps,
  }: {
    readonly machine: Machine;
    readonly run: RunFolder;
    readonly base: Base & { readonly text: TextFacts };
    readonly keeps: boolean;
  },
  trained: TrainedTask<unknown>,
  result: PretrainResultEvent,
): Promise<void> {
  const { command, versions } = run.manifest;
  const { pretrainedCard } = await import("../../report/cards/pretrained-card.js");
  const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
  const { adaptation } = trained.planned.trained?.plan ?? {};
  await run.requireInPlace();
  if (adaptation && trained.fitted) {
    const { adapterOf } = await import("../../run/keep-adapter.js");
    const { spec } = adaptation;
    const files = adapterOf(trained.context, trained.model, spec, trained.fitted.weights);
    await writeFolder(platform, run.file("adapter"), Object.entries(files));
  }
  const { stored, context } = trained;
  const { machine, onEvent } = context;
  const where = { platform, runtime: machine.runtime };
  const saved = await savedDecoder(base, trained.model, { ...where, keeps, stored, onEvent });
  const files = Object.entries(await decoderFiles(base, platform));
  await writeFolder(platform, run.file("model"), [
    [saved.path, saved.onnx],
    ...saved.external,
    ["config.json", json(base.text.config)],
    ...files.map(([name, value]) => [name, json(value)] as const),
    ["README.md", pretrainedCard(result, command, versions, saved.dtype)],
    ...(base.licenseText === undefined ? [] : [["LICENSE", base.licenseText] as const]),
  ]);
  await run.complete(result);
}
