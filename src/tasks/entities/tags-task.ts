import { exportTextClassifier } from "../../bases/text/text-body.js";
import type { EngraftEvent, EntitiesResultEvent } from "../../core/events/events.js";
import { message, recipeFields } from "../../core/messages/message.js";
import type { CommonResult } from "../../core/results/common-result.js";
import type { EntityBaseline } from "../../core/results/entities.js";
import type { EntityData, SentenceItem } from "../../data/entities/open-entities.js";
import type { TaggedTable } from "../../data/entities/tagged-table.js";
import { sentenceOf } from "../../data/entities/words.js";
import { f1Sums } from "../../evaluate/entities.js";
import { scoredBy } from "../../evaluate/metric-sums.js";
import { argmax } from "../../linalg/softmax.js";
import { sheetCard } from "../../report/sheet/sheet-card.js";
import type { Context } from "../../run/context.js";
import { filesOf } from "../../run/exported.js";
import { reportOf, saveRun } from "../../run/save-run.js";
import type { RunModel, Solved, TrainableTask } from "../../run/trainable-task.js";
import { namedValidation } from "../../run/validation-fields.js";
import { entitiesSheet } from "./entities-sheet.js";
import { countEntities, countEntitiesOfTags, predictWords, type TagLogits } from "./predict-words.js";
import { solveTags } from "./solve-tags.js";
import { partOf } from "./tag-head.js";
import { scoresOfLogits, scoresOfTags, type WordLogits } from "./word-logits.js";
import { openWordTrunk, type WordTrunk } from "./word-trunk.js";

type TagRunModel = RunModel<TagLogits, Solved<TagLogits>, object>;

/** Returns the task of named-entity recognition: one tag per word. */
export function tagsTask(
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
  const withoutTraining = ({ probe, solved }: TagRunModel): EntitiesResultEvent["baselines"] => {
    const { features, solving } = solved.seconds;
    return {
      lookup: lookup(),
      ...(probe && {
        probe: {
          test: scores(probe),
          seconds: features + solving,
          ...recipeFields(solved.recipe),
        },
      }),
    };
  };
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
      if (context.options.explain !== true || !context.machine.report || !fitted) return;
      const { explainTexts } = await import("../explain/explain-run.js");
      const samples = test.map(({ id, words }) => ({ id, item: sentenceOf(words) }));
      await explainTexts(context, result, samples);
    },
    save: ({ own, onnx, ...saved }) =>
      finishEntities({ ...saved, context: own.context, data, ...(onnx && { onnx }) }),
  };
}

/** "bert" is used for any token classifier: Transformers.js refuses unknown types. */
const config = { model_type: "bert", architectures: ["BertForTokenClassification"] } as const;

/** Saves the model folder, the report and the record of a run on entities. */
async function finishEntities({
  context,
  data,
  result,
  events,
  onnx,
  files,
  unfinished = false,
}: {
  readonly context: Context;
  readonly data: EntityData;
  readonly result: EntitiesResultEvent;
  readonly events: readonly EngraftEvent[];
  readonly onnx?: Uint8Array;
  /** Files of an adapter. */
  readonly files?: Readonly<Record<string, Uint8Array | string>>;
  /** True if trainings with other seeds follow: the run is not done. */
  readonly unfinished?: boolean;
}): Promise<void> {
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
      ...(onnx && { onnx }),
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
