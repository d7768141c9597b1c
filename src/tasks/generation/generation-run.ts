import { message, recipeFields } from "../../core/messages/message.js";
import type { GenerationResultEvent, GenerationScores } from "../../core/results/sequences/generation.js";
import { isAnswer } from "../../data/chats/chat.js";
import type { GenerationData, GenerationItem } from "../../data/chats/generation-data.js";
import { groupsOfItems } from "../../data/split/groups.js";
import { scoreGeneration, tokenSums } from "../../evaluate/generation/score-generation.js";
import { scoredBy } from "../../evaluate/metric-sums.js";
import type { Graph } from "../../graph/graph.js";
import type { RecipeOptions } from "../../options/options.js";
import type { Context, TaskDefaults } from "../../run/context.js";
import { trunkWithoutFeatures } from "../../run/made-network.js";
import { splitCounts } from "../../run/setup.js";
import { trainTask } from "../../run/train-task.js";
import type { Solved, TrainableTask } from "../../run/trainable-task.js";
import type { Planned } from "../../run/training/planned.js";
import { firstOutput } from "../../runtime/first-output.js";
import { openSession } from "../../runtime/open.js";
import type { TaskRun } from "../task-run.js";
import { rateOfSize } from "../texts/text-defaults.js";
import { generationHead } from "./generation-head.js";
import { type HeldTexts, inputsOf, type Language, languageOf, samplesOf } from "./language.js";
import { type GenerationBase, openGenerationBase } from "./open-generation-base.js";
import { openReported } from "./open-reported.js";
import { saveGeneration } from "./save-generation.js";
import {
  keepsFile,
  reasonForAdapter,
  requireMergeable,
  type SavedDecoder,
  savedDecoder,
  servedType,
} from "./saved-decoder.js";
import { lossesOf, meanOf, type RowLosses, unigramLosses } from "./scores.js";
import { writeSamples } from "./write-samples.js";

/** Runs of text generation. */
export const generationRun: TaskRun<GenerationData, GenerationBase, GenerationResultEvent> = {
  open: openReported,
  base: openGenerationBase,
  fitting(data, { chats }) {
    if (!chats) return data;
    const items = data.items.filter(({ id }) => chats.byId.has(id));
    return { ...data, items };
  },
  targetText: ({ text }) => text,
  counted: () => ({ samples: "texts", classes: 0 }),
  async bind(data, base, { options, machine, onEvent }) {
    const { platform, runtime } = machine;
    const language = await languageOf(data, base, runtime, { onEvent, signal: options.signal });
    const keeps = await keepsFile(base.opened.base, options, { platform, runtime }, onEvent);
    const dataset = samplesOf(language);
    return {
      bound: {
        dataset,
        inputs: inputsOf(language, dataset),
        options: { ...withStrategy(options, language), ...(keeps && { weights: "same" as const }) },
        training: {
          head: generationHead(language),
          defaults: () => usual(language),
        },
      },
      train: (context, ...begun) => trainTask(context, generationTask(language, keeps), ...begun),
    };
  },
};

/** Returns the options with the strategy of a base of this size, unless the user chose one. */
function withStrategy(options: RecipeOptions, { base }: Language): RecipeOptions {
  const { strategy = "auto", ...others } = options;
  if (strategy !== "auto") return options;
  const reason = reasonForAdapter(base.imported.graph);
  return reason ? { ...others, strategy: "lora", reasons: [reason] } : others;
}

/** Below `fewRows` rows, a batch has `rowsOfFew` rows, so that an epoch has more steps. */
const [fewRows, rowsOfFew] = [128, 4] as const;

/** Returns the defaults: one rate for all layers, since there is no new head. */
function usual({ base, trainRows, data }: Language): TaskDefaults {
  const few = trainRows(data.seed).count < fewRows;
  return {
    schedule: "linear",
    early: 1,
    rate: rateOfSize(base.imported.graph),
    ...(few && { batch: rowsOfFew }),
  };
}

/** Losses of a model on the validation and the test split. */
interface TokenAnswers {
  readonly test: RowLosses;
  readonly held: RowLosses;
}

type Own = TrainableTask<TokenAnswers, Solved<TokenAnswers>, undefined, GenerationResultEvent>;

/** Returns the task of text generation. @param keeps true if the file of the base is kept */
function generationTask(language: Language, keeps: boolean): Own {
  const { test, validation } = language;
  let trained: Planned["trained"];
  let saved: SavedDecoder | undefined;
  const groups = groupsOfItems(test.items);
  const scores = (losses: RowLosses): GenerationScores =>
    scoreGeneration({ ...losses, bytes: test.rows.texts.bytes }, test.items, groups);
  return {
    score: "token_accuracy",
    samples: "texts",
    async openTrunk(context, planned) {
      requireMergeable(planned.blank, planned.trained?.plan);
      trained = planned.trained;
      return trunkWithoutFeatures(context);
    },
    solve: (context) => untrained(context, language),
    headParameters: async () => 0,
    predict: (context, model) => answersOf(context, language, model),
    calibrate: async (_context, model, answers) => ({ model, answers, facts: undefined }),
    scored: ({ test: losses }) => scoredBy(tokenSums(losses)),
    async result(common, own) {
      const { loss, accuracy } = meanOf(own.answers.held);
      const { chats, format, trainRows, data, base } = language;
      const rows = trainRows(data.seed).count;
      const graphs = { probed: language.model.graph, model: own.model };
      const names = test.items.map(({ id }) => id);
      const held = { held: test.rows, format, names, ends: chats?.ends };
      return {
        ...common,
        task: "text-generation",
        form: data.form,
        split: splitCounts(data),
        tokens: language.tokens,
        rows: { train: rows, length: format.length },
        ...(keeps && { dtype: servedType(base) }),
        ...(chats && { chats: { ...chats.facts, tokens: language.tokens } }),
        test: scores(own.answers.test),
        validation: {
          n: validation.items.length,
          token_accuracy: accuracy,
          perplexity: Math.exp(loss),
          loss,
        },
        samples: (await writeSamples(own.context.machine.runtime, base, held, graphs)) ?? [],
        baselines: {},
      };
    },
    async baselines({ solved }, scratch) {
      const unigram = guesses(language, test);
      const asItCame = solved.answers!;
      const baseline = (losses: RowLosses, code: "guess-frequent-token" | "base-as-it-came") => ({
        test: scores(losses),
        seconds: 0,
        ...recipeFields([message(code)]),
      });
      return {
        baselines: {
          unigram: baseline(unigram, "guess-frequent-token"),
          zero_shot: baseline(asItCame.test, "base-as-it-came"),
          ...(scratch && { scratch: { test: scores(scratch.answers.test), ...scratch.report } }),
        },
        validation: {
          unigram: scoreOf(guesses(language, validation)),
          zero_shot: scoreOf(asItCame.held),
        },
      };
    },
    async export({ machine, onEvent }, model, stored) {
      const where = { platform: machine.platform, runtime: machine.runtime };
      saved = await savedDecoder(language.base, model, { ...where, keeps, stored, onEvent });
      return saved.onnx;
    },
    explain: ({ context }, result) => explainTest(context, test.items, result),
    save: (its) => saveGeneration(language, its, { saved: saved!, plan: trained?.plan }),
  };
}

/** Explains what the model writes after beginnings of test texts, a third of their words, or answers to test chats. */
async function explainTest(
  context: Context,
  items: readonly GenerationItem[],
  result: GenerationResultEvent,
): Promise<void> {
  const { explainSamples } = await import("../explain/explain-run.js");
  const { explainerOfWriting } = await import("../explain/explain-writing.js");
  const samples = items.map(({ id, text, chat }) => {
    if (chat) return { id, item: chat.messages.slice(0, chat.messages.findLastIndex(isAnswer)) };
    const words = text.split(/\s+/);
    return { id, item: words.slice(0, Math.ceil(words.length / 3)).join(" ") };
  });
  await explainSamples(
    (machine, runtime, model, _task, options) =>
      explainerOfWriting(machine, runtime, model, { ...options, method: "shap" }),
    context,
    result,
    samples,
  );
}

const guesses = ({ trainRows, data, model }: Language, { rows }: HeldTexts): RowLosses =>
  unigramLosses(trainRows(data.seed), rows, model.tokens);

/** Returns the validation score of losses: minus the perplexity. */
const scoreOf = (losses: RowLosses): number => -Math.exp(meanOf(losses).loss);

/** The start of a training: the base as it came. */
async function untrained(context: Context, language: Language): Promise<Solved<TokenAnswers>> {
  const head = language.model.graph;
  const answers = await answersOf(context, language, head);
  const { loss } = meanOf(answers.held);
  return {
    head,
    answers,
    validation: { score: -Math.exp(loss), loss },
    recipe: [message("base-as-it-came")],
    seconds: { features: 0, solving: 0 },
  };
}

/** Returns the losses of both splits under a model whose weights are initializers. */
async function answersOf(
  { machine, options }: Context,
  { validation, test }: Language,
  model: Graph,
): Promise<TokenAnswers> {
  const session = await openSession(machine.runtime, model, { label: "the decoder" });
  try {
    const losses = ({ rows }: HeldTexts) => lossesOf((x) => firstOutput(session, x), rows, options.signal);
    return { test: await losses(test), held: await losses(validation) };
  } finally {
    await session.dispose();
  }
}
