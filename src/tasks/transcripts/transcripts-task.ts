import { headPrefix } from "../../bases/heads.js";
import { withFrameHead } from "../../bases/transcripts/frame-head.js";
import { languageModelFile } from "../../bases/transcripts/speech-folder.js";
import { message, recipeFields } from "../../core/messages/message.js";
import type {
  TranscriptBaseline,
  TranscriptResultEvent,
  TranscriptScores,
} from "../../core/results/sequences/transcripts.js";
import { groupsOfItems } from "../../data/split/groups.js";
import { scoredBy } from "../../evaluate/metric-sums.js";
import {
  accuracySums,
  editsOfClips,
  scoreTranscripts,
} from "../../evaluate/transcripts/score-transcripts.js";
import type { Graph } from "../../graph/graph.js";
import { parametersOf } from "../../graph/surgery/index.js";
import { sheetCard } from "../../report/sheet/sheet-card.js";
import type { Context } from "../../run/context.js";
import { exported, soundFilesOf } from "../../run/exported.js";
import { trunkWithoutFeatures } from "../../run/made-network.js";
import { reportOf, saveRun } from "../../run/save-run.js";
import type { RunModel, Saved, Solved, TrainableTask } from "../../run/trainable-task.js";
import { chooseDecoder } from "./choose-decoder.js";
import type { SpeechItem } from "./open-speech.js";
import { predictSpeech, type SpeechAnswers, type SpeechFacts } from "./predict-speech.js";
import type { RecognisedText } from "./recognise.js";
import { recogniserConfig, tokenizerFiles } from "./recogniser-files.js";
import { type Speech, speechIn, unlearnt, validationOf } from "./transcript-head.js";
import { transcriptsSheet } from "./transcripts-sheet.js";

type SpeechRunModel = RunModel<SpeechAnswers, Solved<SpeechAnswers>, SpeechFacts>;

/** Returns the task of speech recognition. */
export function transcriptsTask(
  speech: Speech,
): TrainableTask<SpeechAnswers, Solved<SpeechAnswers>, SpeechFacts, TranscriptResultEvent> {
  const { data, frames } = speech;
  const { unit, vocabulary, normalizer } = data;
  const [held, test] = [speechIn(data, "validation"), speechIn(data, "test")];
  const clipsOf = (items: readonly SpeechItem[], texts: readonly RecognisedText[]) =>
    items.map(({ id, text: reference }, i) => {
      const { text: hypothesis, times } = texts[i]!;
      return { item: id, reference, hypothesis, times };
    });
  const groups = groupsOfItems(test);
  const scores = (texts: readonly RecognisedText[]): TranscriptScores =>
    scoreTranscripts(clipsOf(test, texts), { unit, groups });
  const accuracy = (items: readonly SpeechItem[], texts: readonly RecognisedText[]) =>
    scoredBy(accuracySums(editsOfClips(clipsOf(items, texts), unit)));
  return {
    score: "word_accuracy",
    samples: "clips",
    openTrunk: trunkWithoutFeatures,
    solve: (context) => untrained(context, speech),
    headParameters: async () => headParametersOf(withFrameHead(frames, vocabulary.tokens.length)),
    predict: (context, model, role) => predictSpeech(context, speech, model, role),
    calibrate: async ({ options }, model, answers) => {
      const { facts, test: texts } = chooseDecoder(speech, answers, options);
      return { model, answers, facts: { decoder: facts, test: texts } };
    },
    scored: ({ test: texts }) => accuracy(test, texts),
    scoredOnValidation: ({ held: texts }) => accuracy(held, texts),
    result: async (common, own) => ({
      ...common,
      task: "automatic-speech-recognition",
      vocabulary: vocabulary.tokens,
      normalizer,
      error_unit: unit,
      ...testOf(own, scores),
      validation: {
        n: held.length,
        ...errorRate(own.validation.value ?? 1 - own.validation.score),
        loss: own.validation.loss,
      },
      baselines: {},
    }),
    baselines: async (_own, scratch) => {
      const frequent = mostFrequent(speechIn(data, "train"));
      const always = (items: readonly SpeechItem[]) => items.map(() => ({ text: frequent }));
      const baseline: TranscriptBaseline = {
        test: scores(always(test)),
        seconds: 0,
        ...recipeFields([message("always-the-same")]),
      };
      return {
        baselines: {
          frequent_transcript: baseline,
          ...(scratch && { scratch: { test: scores(scratch.answers.test), ...scratch.report } }),
        },
        validation: { frequent_transcript: accuracy(held, always(held)).value },
      };
    },
    export: exported,
    save: (saved) => saveTranscripts(speech, saved),
  };
}

const errorRate = (rate: number) => ({ word_error_rate: rate, word_accuracy: 1 - rate });

/** Returns the number of weights of a head, with its layers over time. */
const headParametersOf = (network: Graph): number =>
  parametersOf(network)
    .filter(({ value }) => value.startsWith(headPrefix))
    .reduce((sum, { size }) => sum + size, 0);

/** Scores of the run's own model by its decoder, and of greedy decoding beside it. */
function testOf(
  { answers, facts }: SpeechRunModel,
  scores: (texts: readonly RecognisedText[]) => TranscriptScores,
): Pick<TranscriptResultEvent, "test" | "decoder" | "by_decoder"> {
  const test = scores(facts.test);
  if (facts.decoder.name === "greedy") return { test, decoder: facts.decoder };
  const greedy = scores(answers.test);
  return {
    test,
    decoder: facts.decoder,
    by_decoder: [
      { name: "greedy", words: greedy.words, characters: greedy.characters },
      { ...facts.decoder, words: test.words, characters: test.characters },
    ],
  };
}

/** The start of a training: the head of a base that knows the characters, or a head of zeros, which recognises nothing. */
async function untrained(context: Context, speech: Speech): Promise<Solved<SpeechAnswers>> {
  const { data, frames, overTime, start } = speech;
  const [held, test] = [speechIn(data, "validation"), speechIn(data, "test")];
  const classes = data.vocabulary.tokens.length;
  const head = withFrameHead(frames, classes, start);
  const empty = (items: readonly SpeechItem[]): RecognisedText[] => items.map(() => ({ text: "" }));
  const nothing: SpeechAnswers = { test: empty(test), held: empty(held) };
  const answers = start ? await predictSpeech(context, speech, head, "own") : nothing;
  const texts = answers.held.map(({ text }) => text);
  const validation = validationOf(data, held, texts, Math.log(classes));
  return {
    head,
    answers,
    validation: start ? validation : { ...validation, score: unlearnt },
    recipe: [
      start
        ? message("reused-frame-head", { known: start.known, characters: start.of })
        : message(overTime ? "context-head" : "frame-head"),
    ],
    seconds: { features: 0, solving: 0 },
  };
}

/** The most frequent transcript; of several the first by code point. */
function mostFrequent(items: readonly SpeechItem[]): string {
  const counts = new Map<string, number>();
  for (const { text } of items) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))[0]?.[0] ?? "";
}

/** Saves the model folder, the report and the record of a run. */
async function saveTranscripts(
  { data }: Speech,
  {
    own: { context },
    result,
    events,
    onnx,
    unfinished,
  }: Saved<SpeechAnswers, Solved<SpeechAnswers>, SpeechFacts, TranscriptResultEvent>,
): Promise<void> {
  const { tokens } = data.vocabulary;
  const samples = context.run.manifest.options.pictures !== false;
  const shown = new Set(result.test.worst.map(({ item }) => item));
  const report = {
    ...reportOf(context, data.root, result, events),
    samples,
    ...(samples &&
      context.machine.report && {
        sounds: await (await import("../../run/report/shown-sounds.js")).shownSounds(
          context.platform,
          data.items.filter(({ id }) => shown.has(id)),
          { kind: "speech" },
        ),
      }),
  };
  const { n, words, characters } = result.test;
  await saveRun(context, {
    data,
    result,
    unfinished,
    card: sheetCard(transcriptsSheet, report),
    render: async () =>
      (await import("../../report/sheet/sheet-page.js")).sheetPage(transcriptsSheet, report),
    content: {
      onnx: onnx!,
      classes: tokens,
      config: recogniserConfig(tokens),
      files: {
        ...tokenizerFiles(tokens),
        ...soundFilesOf(context.opened.base.audio!),
        ...(result.decoder.language_model && {
          [languageModelFile]: { transcripts: speechIn(data, "train").map(({ target }) => target) },
        }),
      },
    },
    engraft: {
      task: "automatic-speech-recognition",
      test: { n, wer: words.rate, wer_ci95: words.ci95, cer: characters.rate, cer_ci95: characters.ci95 },
      speech: { normalizer: data.normalizer, unit: data.unit, decoder: result.decoder },
    },
  });
}
