import { exportTextClassifier } from "../../bases/text/text-body.js";
import type { EntitiesResultEvent } from "../../core/events/events.js";
import type { OnWork } from "../../core/events/work-events.js";
import { firstOf } from "../../core/messages/counted.js";
import { message, recipeFields, warningText } from "../../core/messages/message.js";
import { baseFacts } from "../../core/results/base-facts.js";
import type { CommonResult } from "../../core/results/common-result.js";
import type { EntityBaseline } from "../../core/results/entities.js";
import { type EntityData, openEntities, type SentenceItem } from "../../data/entities/open-entities.js";
import { type TaggedTable, taggedTable } from "../../data/entities/tagged-table.js";
import { sentenceOf } from "../../data/entities/words.js";
import type { Samples } from "../../data/index.js";
import { withSplitMessages } from "../../data/split/split-origin.js";
import { trainSubset } from "../../data/split/train-subset.js";
import { scriptField } from "../../data/texts/script-of-texts.js";
import { f1Sums } from "../../evaluate/entities.js";
import { scoredBy } from "../../evaluate/metric-sums.js";
import { argmax } from "../../linalg/softmax.js";
import type { RecipeOptions } from "../../options/options.js";
import type { Platform } from "../../platform/platform.js";
import { sheetCard } from "../../report/sheet/sheet-card.js";
import { probeBaseline } from "../../run/baselines/probe-baseline.js";
import type { Context } from "../../run/context.js";
import { filesOf } from "../../run/exported.js";
import { reportOf, saveRun } from "../../run/save-run.js";
import { dataEvent, type OpenedBase, splitCounts } from "../../run/setup.js";
import { trainTask } from "../../run/train-task.js";
import type { RunModel, Saved, Solved, TrainableTask } from "../../run/trainable-task.js";
import { namedValidation } from "../../run/validation-fields.js";
import type { TaskRun } from "../task-run.js";
import { textBaseOf } from "../texts/open-texts.js";
import { textDefaults } from "../texts/text-defaults.js";
import { entitiesSheet } from "./entities-sheet.js";
import { countEntities, countEntitiesOfTags, predictWords, type TagLogits } from "./predict-words.js";
import { solveTags } from "./solve-tags.js";
import { partOf, tagHead } from "./tag-head.js";
import { scoresOfLogits, scoresOfTags, type WordLogits } from "./word-logits.js";
import { openWordTrunk, type WordTrunk } from "./word-trunk.js";

/** Runs of token classification. */
export const entitiesRun: TaskRun<EntityData, Pick<Context, "opened">, EntitiesResultEvent> = {
  open: (path, how) => openEntityData(how.platform, path, how),
  base: async (_, { options, platform, onEvent }) => ({
    opened: await openEntityBody(textBaseOf(options), options, platform, onEvent),
  }),
  targetText: ({ tags }, { labels }) => tags.map((tag) => labels[tag]).join(" "),
  counted: ({ types }) => ({ samples: "sentences", classes: types.length }),
  async bind(data, { opened }, { options: { signal }, onEvent }) {
    const { tokenizer, fixed } = opened.base.text!;
    const inputs = taggedTable(data.items, tokenizer, { fixed, signal });
    const { cut, unseen: words } = inputs;
    const values = { sentences: cut.count, of: data.items.length, tokens: tokenizer.longest, words };
    if (cut.count > 0)
      onEvent({ event: "warning", ...warningText("truncated", message("sentences-cut", values)) });
    return {
      bound: {
        dataset: asSamples(data),
        inputs,
        training: {
          head: tagHead(data, inputs),
          defaults: (runOptions) => textDefaults(runOptions, opened.body, "word"),
        },
      },
      train: (context, ...begun) => trainTask(context, tagsTask(data, inputs), ...begun),
    };
  },
};

/** Returns the sentences for steps that do not read tags. */
const asSamples = (data: EntityData): Samples => ({
  ...data,
  classes: data.labels,
  items: data.items.map((item) => ({ ...item, path: data.root })),
});

/** Opens sentences with tags, and reports them. @throws DataError for unusable data */
export async function openEntityData(
  platform: Platform,
  path: string,
  {
    seed,
    options: { trainSize, classNames, groupFrom },
    onEvent,
  }: { readonly seed: number; readonly options: RecipeOptions; readonly onEvent: OnWork },
): Promise<EntityData> {
  const whole = await openEntities(platform, path, { seed, classNames, groupFrom });
  const data =
    trainSize === undefined
      ? whole
      : {
          ...whole,
          items: trainSubset(whole.items, trainSize, seed),
          ...withSplitMessages(
            whole,
            message("training-subset", { some: trainSize, all: splitCounts(whole).train }),
          ),
        };
  const missing = whole.types.filter(
    (type) =>
      !data.items.some(
        ({ part, tags }) => part === "train" && tags.some((t) => data.labels[t]!.slice(2) === type),
      ),
  );
  const named = withSplitMessages(data, message("tag-scheme", { scheme: data.scheme }));
  onEvent({
    ...dataEvent({ ...data, ...named, task: "token-classification", classes: data.types }),
    ...scriptField(data.items),
  });
  for (const one of data.warnings) onEvent({ event: "warning", ...one });
  if (missing.length > 0)
    onEvent({
      event: "warning",
      ...warningText("unlearnt_types", message("types-without-training", firstOf(missing, missing.length))),
    });
  return data;
}

/** Opens a text encoder, cut at the features of its tokens, and reports it. */
export async function openEntityBody(
  ref: string,
  { cut, maxLength }: RecipeOptions,
  platform: Platform,
  onEvent: OnWork,
): Promise<OpenedBase> {
  const { openTextBase } = await import("../../bases/text/text-base.js");
  const { textBody } = await import("../../bases/text/text-body.js");
  const base = await openTextBase(ref, { platform, onEvent, cut, maxLength });
  const { tokenizer } = base.text;
  const body = textBody(base.imported.graph, {
    pooling: "each",
    pad: tokenizer.pad,
    cut: base.cut,
  });
  onEvent({
    event: "base",
    ...baseFacts(base),
    input: `sentences of up to ${tokenizer.longest} of ${tokenizer.vocabulary} tokens`,
    cut: `${body.cut.value}: ${body.cut.because}; a row a token, words at their first`,
    features: body.width,
    notes: base.imported.notes,
  });
  return { base, body };
}

type TagRunModel = RunModel<TagLogits, Solved<TagLogits>, object>;

/** Returns the task of named-entity recognition: one tag per word. */
function tagsTask(
  data: EntityData,
  inputs: TaggedTable,
): TrainableTask<TagLogits, Solved<TagLogits>, object, EntitiesResultEvent, WordTrunk> {
  const [train, held, test] = [partOf(data, "train"), partOf(data, "validation"), partOf(data, "test")];
  const scores = (answers: TagLogits) => scoresOfLogits(data, answers.test);
  const f1 = (answers: WordLogits) => scoredBy(f1Sums(countEntities(data, answers)));
  const lookup = (): EntityBaseline => {
    const begin = performance.now();
    const found = predictByLookup(train, test, data.labels.length);
    return {
      test: scoresOfTags(data, test, found, { loss: null }),
      seconds: (performance.now() - begin) / 1000,
      ...recipeFields([message("tag-lookup")]),
    };
  };
  const withoutTraining = ({ probe, solved }: TagRunModel): EntitiesResultEvent["baselines"] => ({
    lookup: lookup(),
    ...(probe && { probe: probeBaseline(scores(probe), solved) }),
  });
  return {
    score: "f1",
    samples: "sentences",
    openTrunk: (context, { trained }) => openWordTrunk({ context, data, inputs }, trained === undefined),
    featureSamples: ({ items }) => items,
    solve: (context, trunk) => solveTags({ context, data, inputs }, trunk),
    predict: (context, model, role) => predictWords({ context, data, inputs }, model, role),
    calibrate: async (_context, model, answers) => ({ model, answers, facts: {} }),
    scored: ({ test }) => f1(test),
    scoredOnValidation: ({ held }) => f1(held!),
    result: async (common: CommonResult, own) => ({
      ...common,
      task: "token-classification",
      types: data.types,
      labels: data.labels,
      scheme: data.scheme,
      repaired: data.repaired,
      test: scores(own.answers),
      validation: { n: held.length, ...namedValidation("f1", own.validation) },
      baselines: withoutTraining(own),
    }),
    baselines: async (own, scratch) => ({
      baselines: {
        ...withoutTraining(own),
        ...(scratch && { scratch: { test: scores(scratch.answers), ...scratch.report } }),
      },
      validation: {
        lookup: scoredBy(
          f1Sums(countEntitiesOfTags(data, held, predictByLookup(train, held, data.labels.length))),
        ).value,
        probe: own.solved.validation.score,
      },
    }),
    export: async (_context, model, stored) =>
      exportTextClassifier(model, stored, { perToken: data.labels.length }),
    explain: async ({ context, fitted }, result) => {
      if (!fitted) return;
      const { explainSamples } = await import("../explain/explain-run.js");
      const samples = test.map(({ id, words }) => ({ id, item: sentenceOf(words) }));
      await explainSamples("text", context, result, samples);
    },
    save: (saved) => saveEntities(data, saved),
  };
}

/** "bert" is used for any token classifier: Transformers.js refuses unknown types. */
const config = { model_type: "bert", architectures: ["BertForTokenClassification"] } as const;

/** Saves the model folder, the report and the record of a run on entities. */
async function saveEntities(
  data: EntityData,
  {
    own: { context },
    result,
    events,
    onnx,
    files,
    unfinished,
  }: Saved<TagLogits, Solved<TagLogits>, object, EntitiesResultEvent>,
): Promise<void> {
  const samples = context.run.manifest.options.pictures !== false;
  const report = { ...reportOf(context, data.root, result, events), samples };
  const { sentences, f1, f1_ci95 } = result.test;
  await saveRun(context, {
    data,
    result,
    unfinished,
    card: sheetCard(entitiesSheet, report),
    render: async () => (await import("../../report/sheet/sheet-page.js")).sheetPage(entitiesSheet, report),
    content: {
      onnx,
      classes: data.labels,
      config,
      files: { ...filesOf(context.opened.base.text!), ...files },
    },
    engraft: { task: "token-classification", test: { sentences, f1, f1_ci95 } },
  });
}

/** Predicts each word's most frequent tag, O for an unknown word: the baseline of a tagger. */
function predictByLookup(
  train: readonly SentenceItem[],
  items: readonly SentenceItem[],
  labels: number,
): number[][] {
  const times = new Map<string, Int32Array>();
  for (const { words, tags } of train)
    words.forEach((word, i) => {
      const counts = times.get(word) ?? new Int32Array(labels);
      counts[tags[i]!]!++;
      times.set(word, counts);
    });
  const best = new Map([...times].map(([word, counts]) => [word, argmax(counts)]));
  return items.map(({ words }) => words.map((word) => best.get(word) ?? 0));
}
