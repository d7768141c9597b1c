import { exportTextClassifier } from "../../bases/text/text-body.js";
import type { EntitiesResultEvent } from "../../core/events/events.js";
import { message, recipeFields } from "../../core/messages/message.js";
import type { CommonResult } from "../../core/results/common-result.js";
import type { EntityBaseline } from "../../core/results/entities.js";
import type { EntityData } from "../../data/entities/open-entities.js";
import type { TaggedTable } from "../../data/entities/tagged-table.js";
import { sentenceOf } from "../../data/entities/words.js";
import { f1Sums } from "../../evaluate/entities.js";
import { scoredBy } from "../../evaluate/metric-sums.js";
import { namedValidation } from "../../run/folder/old-fields.js";
import type { OwnModel, Solved, TrainableTask } from "../../run/trainable-task.js";
import { answersWith, type TagAnswers, talliesOf, talliesOfTags } from "./answers-with.js";
import { finishEntities } from "./finish-entities.js";
import { lookedUp } from "./lookup.js";
import { solveTags } from "./solve-tags.js";
import { partOf } from "./tag-head.js";
import { scoresOfAnswers, scoresOfTags, type WordAnswers } from "./word-answers.js";
import { openWordTrunk, type WordTrunk } from "./word-trunk.js";

type OwnTagger = OwnModel<TagAnswers, Solved<TagAnswers>, object>;

/** Named-entity recognition: one tag per word. */
export function tagsTask(
  data: EntityData,
  inputs: TaggedTable,
): TrainableTask<TagAnswers, Solved<TagAnswers>, object, EntitiesResultEvent, WordTrunk> {
  const [train, held, test] = [partOf(data, "train"), partOf(data, "validation"), partOf(data, "test")];
  const scores = (answers: TagAnswers) => scoresOfAnswers(data, answers.test);
  const f1 = (answers: WordAnswers) => scoredBy(f1Sums(talliesOf(data, answers)));
  const lookup = (): EntityBaseline => {
    const begin = performance.now();
    const found = lookedUp(train, test, data.labels.length);
    return {
      test: scoresOfTags(data, test, found, { loss: null }),
      seconds: (performance.now() - begin) / 1000,
      ...recipeFields([message("tag-lookup")]),
    };
  };
  const withoutTraining = ({ probe, solved }: OwnTagger): EntitiesResultEvent["baselines"] => {
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
    ...{ score: "f1", samples: "sentences" },
    openTrunk: (context, { trained }) => openWordTrunk({ context, data, inputs }, trained === undefined),
    featureSamples: ({ items }) => items,
    solve: (context, trunk) => solveTags({ context, data, inputs }, trunk),
    predict: (context, model, role) => answersWith({ context, data, inputs }, model, role),
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
        ...(scratch && { scratch: { test: scores(scratch.answers), ...scratch.told } }),
      },
      validation: {
        lookup: scoredBy(f1Sums(talliesOfTags(data, held, lookedUp(train, held, data.labels.length)))).value,
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
