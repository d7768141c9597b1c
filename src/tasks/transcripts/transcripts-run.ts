import type { FrameBody } from "../../bases/audio/audio-body.js";
import { padding } from "../../bases/audio/log-mel.js";
import { headPrefix } from "../../bases/heads.js";
import { withFrameHead } from "../../bases/transcripts/frame-head.js";
import { languageModelFile } from "../../bases/transcripts/speech-folder.js";
import { EngraftError } from "../../core/errors.js";
import type { OnWork } from "../../core/events/work-events.js";
import { firstOf } from "../../core/messages/counted.js";
import { message, recipeFields, warningText } from "../../core/messages/message.js";
import type {
  TranscriptBaseline,
  TranscriptResultEvent,
  TranscriptScores,
} from "../../core/results/sequences/transcripts.js";
import { groupsOfItems } from "../../data/split/groups.js";
import { fewestFrames, wordDelimiter } from "../../data/transcripts/vocabulary.js";
import { scoredBy } from "../../evaluate/metric-sums.js";
import {
  accuracySums,
  editsOfClips,
  scoreTranscripts,
} from "../../evaluate/transcripts/score-transcripts.js";
import type { Graph } from "../../graph/graph.js";
import { bindDims, parametersOf } from "../../graph/surgery/index.js";
import { defaults } from "../../options/options.js";
import { sheetCard } from "../../report/sheet/sheet-card.js";
import type { Context, TaskDefaults } from "../../run/context.js";
import { exported, soundFilesOf } from "../../run/exported.js";
import { trunkWithoutFeatures } from "../../run/made-network.js";
import { reportOf, saveRun } from "../../run/save-run.js";
import { trainTask } from "../../run/train-task.js";
import type { RunModel, Saved, Solved, TrainableTask } from "../../run/trainable-task.js";
import { clipsAt } from "../sounds/open-sounds.js";
import type { TaskRun } from "../task-run.js";
import { speechChange } from "./change-speech.js";
import { chooseDecoder } from "./choose-decoder.js";
import type { SpeechItem } from "./open-speech.js";
import { openSpeech, type SpeechData } from "./open-speech.js";
import { openSpeechBase, type SpeechBase } from "./open-speech-base.js";
import { predictSpeech, type SpeechAnswers, type SpeechFacts } from "./predict-speech.js";
import type { RecognisedText } from "./recognise.js";
import { requireLength } from "./require-length.js";
import { type Speech, speechIn, transcriptHead, unlearnt, validationOf } from "./transcript-head.js";
import { transcriptsSheet } from "./transcripts-sheet.js";

/** Runs of speech recognition. */
export const transcriptsRun: TaskRun<SpeechData, SpeechBase, TranscriptResultEvent> = {
  open: (path, how) => openSpeech(how.platform, path, how),
  base: ({ vocabulary }, { options, platform, onEvent }) =>
    openSpeechBase(options, vocabulary.tokens, platform, onEvent),
  fitting(data, { opened: { base }, frames }, onEvent) {
    const heard = requireLength(data, base.audio, onEvent);
    return requireFrames(heard, frames, base.audio.extractor.rate, onEvent);
  },
  targetText: ({ text }) => text,
  counted: () => ({ samples: "clips", classes: 0 }),
  async bind(data, base, { options, machine, onEvent, run }) {
    const { audio } = base.opened.base;
    const inputs = await clipsAt(data.items, {
      audio,
      platform: machine.platform,
      onEvent,
      signal: options.signal,
      whole: true,
      ...(options.augment !== "none" && {
        change: speechChange(options.seed ?? defaults.seed, audio.masked && !audio.grid ? padding : 0),
      }),
      scratch: () => machine.platform.files.scratch?.(run.path),
    });
    const { overTime, start } = base;
    const frames = { ...base.frames, graph: base.opened.body.graph };
    const speech: Speech = { data, inputs, frames, overTime, start };
    return {
      bound: {
        inputs,
        dataset: data,
        training: { head: transcriptHead(speech, onEvent), defaults: () => usual(data, base) },
      },
      train: (context, ...begun) => trainTask(context, transcriptsTask(speech), ...begun),
    };
  },
};

/**
 * Peak learning rates: of random weights (also those of a head with layers over time), and of a linear head on pretrained ones.
 * @see docs/decisions/0036-speech-from-audio-mini.md
 */
const rates = { random: 3e-3, linear: 3e-4 } as const;
/** How much slower `finetune` trains the base: wav2vec2 then has 0.00003, as in its published fine-tuning. */
const early = 10;
/** Steps that a small network needs from the first blank to the last character. */
const steps = { fewest: 1000, most: 6000, perClip: 2.5 } as const;

/** Returns default epochs, batch size and learning rates. */
function usual({ items }: SpeechData, { overTime }: SpeechBase): TaskDefaults {
  const clips = items.filter(({ part }) => part === "train").length;
  const batch = 16;
  const all = Math.min(steps.most, Math.max(steps.fewest, steps.perClip * clips));
  const epochs = Math.max(5, Math.round(all / Math.ceil(clips / batch)));
  return {
    epochs,
    batch,
    schedule: "one-cycle",
    early,
    rate: overTime ? rates.random : rates.linear,
    scratchRate: rates.random,
  };
}

/**
 * Leaves out clips of the training and validation splits whose transcript is longer than their frames can say: each character needs
 * a frame, and equal neighbours a blank between them. Test clips stay; they count as errors.
 * @throws DataError if no clip of the training split is left
 */
export function requireFrames(
  data: SpeechData,
  frames: FrameBody,
  rate: number,
  onEvent: OnWork,
): SpeechData {
  const framesIn = frameCounter(frames);
  const fits = ({ seconds, target }: SpeechItem): boolean =>
    framesIn(Math.round(seconds * rate)) >= fewestFrames(target);
  const short = data.items.filter((item) => item.part !== "test" && !fits(item));
  if (short.length === 0) return data;
  const clips = short.map((item) => {
    const has = framesIn(Math.round(item.seconds * rate));
    return `${item.id}: ${fewestFrames(item.target)} frames needed, ${has} there`;
  });
  const items = data.items.filter((item) => !short.includes(item));
  if (!items.some(({ part }) => part === "train"))
    throw new EngraftError("DataError", "every transcript of the training split is too long for its clip", {
      at: clips.slice(0, 3).join("; "),
      help: "check that transcripts and clips belong together, or use a base with more frames a second",
    });
  const named = firstOf(clips, 5);
  onEvent({ event: "warning", ...warningText("long_transcripts", message("transcripts-too-long", named)) });
  const reasons = short.map(({ id }, i) => ({ item: id, reason: clips[i]!.slice(id.length + 2) }));
  return { ...data, items, skipped: [...data.skipped, ...reasons] };
}

/** Returns a function for the number of frames of a clip by its samples, from the shapes of the graph. */
function frameCounter({ graph, features }: FrameBody): (samples: number) => number {
  const known = new Map<number, number>();
  const length = graph.typeOf(graph.inputs[0]!).shape?.[1];
  const exact = (samples: number): number => {
    const sized = bindDims(graph, { batch: 1, ...(typeof length === "string" && { [length]: samples }) });
    const frames = sized.typeOf(features).shape?.[1];
    // Unknown sizes are not checked.
    return typeof frames === "number" ? frames : Number.POSITIVE_INFINITY;
  };
  return (samples) => {
    const found = known.get(samples) ?? exact(samples);
    known.set(samples, found);
    return found;
  };
}

type SpeechRunModel = RunModel<SpeechAnswers, Solved<SpeechAnswers>, SpeechFacts>;

/** Returns the task of speech recognition. */
function transcriptsTask(
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

/** Returns the test scores of the run's model with its decoder, and those with greedy decoding. */
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
    blank: !start,
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
          context.machine.platform,
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

/** Fields of config.json. Transformers.js opens any recogniser by CTC as a wav2vec2. */
export const recogniserConfig = (tokens: readonly string[]): Readonly<Record<string, unknown>> => ({
  model_type: "wav2vec2",
  architectures: ["Wav2Vec2ForCTC"],
  vocab_size: tokens.length,
  pad_token_id: 0,
  ctc_loss_reduction: "mean",
});

/**
 * Returns the files of the tokenizer. The blank `<pad>` is no special token: Transformers.js drops special tokens before it merges
 * repeats, so "hello" would be served as "helo".
 */
export function tokenizerFiles(tokens: readonly string[]): Readonly<Record<string, unknown>> {
  const vocab = Object.fromEntries(tokens.map((token, id) => [token, id]));
  return {
    "tokenizer.json": {
      version: "1.0",
      truncation: null,
      padding: null,
      added_tokens: [],
      normalizer: { type: "Replace", pattern: { String: " " }, content: wordDelimiter },
      pre_tokenizer: { type: "Split", pattern: { Regex: "" }, behavior: "Isolated", invert: false },
      post_processor: null,
      decoder: { type: "CTC", pad_token: "<pad>", word_delimiter_token: wordDelimiter, cleanup: true },
      model: {
        type: "WordPiece",
        unk_token: "<unk>",
        continuing_subword_prefix: "",
        max_input_chars_per_word: 100_000,
        vocab,
      },
    },
    "tokenizer_config.json": {
      tokenizer_class: "Wav2Vec2CTCTokenizer",
      pad_token: "<pad>",
      unk_token: "<unk>",
      word_delimiter_token: wordDelimiter,
      model_max_length: 1_000_000,
    },
    "vocab.json": vocab,
  };
}
