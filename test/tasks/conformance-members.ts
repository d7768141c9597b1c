// What the conformance suite knows of each task: toy data, and how a prediction scores.
import type { NamedDetection } from "../../src/bases/detection/read-detections.js";
import type { BaseModality, SampleWords } from "../../src/core/modalities.js";
import type { Task, TaskWith } from "../../src/core/results/task.js";
import type { ImageObject } from "../../src/data/boxes/box-dataset.js";
import { contentOf, openBoxes } from "../../src/data/boxes/open-boxes.js";
import { openGenerationData } from "../../src/data/chats/generation-data.js";
import { requireMasks } from "../../src/data/masks/open-masks.js";
import { readMask } from "../../src/data/masks/read-mask.js";
import { matchClasses } from "../../src/evaluate/detection/match.js";
import { sharesOfMatches } from "../../src/evaluate/detection/score-detection.js";
import { maskConfusion, sharesOfIous } from "../../src/evaluate/segmentation/score-masks.js";
import { alignEdits, countEdits, errorsOf, wordsOf } from "../../src/evaluate/transcripts/edits.js";
import { nodePlatform } from "../../src/platform/node.js";
import { openData } from "../../src/run/setup.js";
import { openComposedData } from "../../src/tasks/composed/composed-run.js";
import { openEntityData } from "../../src/tasks/entities/entities-run.js";
import { labels } from "../../src/tasks/labels/labels.js";
import type { NamedMask } from "../../src/tasks/masks/mask-model.js";
import { numbers } from "../../src/tasks/numbers/numbers.js";
import { openClips } from "../../src/tasks/sounds/open-sounds.js";
import { openRows } from "../../src/tasks/tables/open-rows.js";
import { openTextDataset } from "../../src/tasks/texts/open-texts.js";
import { openSpeech } from "../../src/tasks/transcripts/open-speech.js";
import type { ToyTask, UnrecordedToyTask } from "../characterisation/tasks.js";
import { shapeNames } from "../support/dense-data.js";
import {
  accuracy,
  meanAveragePrecision,
  meanIou,
  microF1,
  rSquared,
  wordAccuracy,
} from "../support/plain-scores.js";

/** A test sample: the input of `predict` and `explain`, and the truth. */
interface TestSample {
  readonly input: unknown;
  readonly truth: unknown;
}

/** A member of the suite. */
interface Member {
  readonly toy: ToyTask | UnrecordedToyTask;
  /** Opens the test split, in the order of the data. */
  readonly samples: (data: string) => Promise<readonly TestSample[]>;
  /** Returns the numbers of each sample from which the metric is computed, as the run recorded them. */
  readonly sums: (predictions: readonly never[], truths: readonly never[]) => readonly (readonly number[])[];
  /** Returns the metric by its formula alone. */
  readonly score: (predictions: readonly never[], truths: readonly never[]) => number;
  /** Options of `predict`. Default none. */
  readonly predictOptions?: object;
  /** Returns what another program computes from the files of the model, for a score of what `predict` does not return. Default: predictions. */
  readonly computed?: (model: string, samples: readonly TestSample[]) => Promise<readonly unknown[]>;
  /** Latin words of the data, which a Chinese page also contains. */
  readonly words: string;
  /** Missing: every change runs the member. */
  readonly tags?: readonly ["thorough"];
}

const seed = 0;
const onEvent = (): void => undefined;
const how = { platform: nodePlatform, seed, onEvent };
const inTest = <Item extends { readonly part: string }>({ items }: { readonly items: readonly Item[] }) =>
  items.filter(({ part }) => part === "test");

/** Sums of each sample by itself. */
const each =
  <Prediction, Truth>(sums: (prediction: Prediction, truth: Truth) => readonly number[]) =>
  (predictions: readonly Prediction[], truths: readonly Truth[]) =>
    predictions.map((one, i) => sums(one, truths[i]!));

interface LabelSet {
  readonly labels: Ranked;
}
const labelsIn = ({ labels }: LabelSet): string[] => labels.map(({ label }) => label);
type Ranked = readonly { readonly label: string }[];
const oneClass = {
  sums: each(([best]: Ranked, truth: string): number[] => [Number(best?.label === truth)]),
  score: (found: readonly Ranked[], truths: readonly string[]) =>
    accuracy(
      found.map(([best]) => best!.label),
      truths,
    ),
};
type Estimates = readonly { readonly value: number }[];
const oneNumber = {
  sums: each(([one]: Estimates, truth: number): number[] => [(one!.value - truth) ** 2]),
  score: (found: readonly Estimates[], truths: readonly number[]) =>
    rSquared(
      found.map(([one]) => one!.value),
      truths,
    ),
};
const common = (predicted: readonly string[], truth: readonly string[]): number[] => [
  truth.length,
  predicted.length,
  predicted.filter((one) => truth.includes(one)).length,
];

interface MaskTruth {
  readonly mask: Uint8Array;
}
interface TrueObjects {
  readonly objects: readonly ImageObject[];
}
const maskNames: readonly string[] = ["background", ...shapeNames];
/** Returns the class of each pixel. */
function pixelsOf(masks: readonly NamedMask[], { mask: truth }: MaskTruth): Uint8Array {
  const predicted = new Uint8Array(truth.length);
  let covered = 0;
  for (const { label, mask } of masks)
    for (const [at, v] of mask.data.entries())
      if (v > 0) {
        predicted[at] = maskNames.indexOf(label);
        covered++;
      }
  // Each pixel is in one mask, the background included.
  if (covered !== truth.length) throw new Error(`${covered} of ${truth.length} pixels are in a mask`);
  return predicted;
}

/** Inputs of rows that have several kinds. */
const inputs = "image,text,columns";

/** Samples of one modality with any number of labels. */
const severalLabels = (modality: BaseModality) => ({
  sums: each((found: LabelSet, truth: readonly string[]) => common(labelsIn(found), truth)),
  score: (found: readonly LabelSet[], truths: readonly (readonly string[])[]) =>
    microF1(found.map(labelsIn), truths),
  samples: async (data: string) => {
    const opening = { ...how, options: {}, signal: undefined };
    const opened = await openComposedData("multi-label-classification", [modality], labels, data, opening);
    return inTest(opened).map((item) => ({
      input: opened.input.given(item),
      truth: item.labels.map((k) => opened.classes[k]!),
    }));
  },
});

/** Correct tokens of an answer, and all its tokens. */
type TokenCounts = readonly [right: number, all: number];

/** Counts the correct tokens of answers with Transformers.js: each is predicted from the true ones before it. */
async function correctTokens(
  folder: string,
  samples: readonly TestSample[],
): Promise<readonly TokenCounts[]> {
  const { AutoModelForCausalLM, AutoTokenizer, env, Tensor } = await import("@huggingface/transformers");
  env.allowRemoteModels = false;
  const tokenizer = await AutoTokenizer.from_pretrained(folder);
  const model = await AutoModelForCausalLM.from_pretrained(folder, { dtype: "fp32" });
  const counts: TokenCounts[] = [];
  for (const { input, truth } of samples) {
    const prompt = input as { role: string; content: string }[];
    const idsOf = (messages: typeof prompt, add_generation_prompt: boolean) =>
      tokenizer.apply_chat_template(messages, {
        add_generation_prompt,
        return_tensor: false,
        return_dict: false,
      }) as number[];
    const ids = idsOf([...prompt, { role: "assistant", content: truth as string }], false);
    const longs = (values: readonly number[]) =>
      new Tensor("int64", BigInt64Array.from(values, BigInt), [1, values.length]);
    const { logits } = await model({ input_ids: longs(ids), attention_mask: longs(ids.map(() => 1)) });
    const rows = logits.tolist()[0] as number[][];
    const answer = ids.slice(idsOf(prompt, true).length);
    const before = rows.slice(-answer.length - 1, -1);
    const right = before.filter((scores, i) => scores.indexOf(Math.max(...scores)) === answer[i]);
    counts.push([right.length, answer.length]);
  }
  await model.dispose();
  return counts;
}

/** Opens samples of one modality with numbers. */
const numbersIn = (task: Task, kind: BaseModality, data: string) =>
  openComposedData(task, [kind], numbers, data, { ...how, options: {}, signal: undefined });

/** A task with each modality that it may have, and with pairs. */
export type TaskOfModality =
  | Exclude<Task, EitherTask>
  | "text-regression of pairs"
  | `${EitherTask} of ${SampleWords<BaseModality>["many"]}`;
type EitherTask = TaskWith<{ readonly input: "either" }>;

/** Returns the task of a member. */
export const taskOfMember = (name: TaskOfModality): Task => name.replace(/ of .*/, "") as Task;

/** Members by task and modality. A task without a member does not compile. */
export const members: Readonly<Record<TaskOfModality, Member>> = {
  "audio-classification": {
    ...{ toy: "sound-classes", words: "sounds sound-base fall rise wav Hz", ...oneClass },
    samples: async (data) => {
      const opened = await openClips(data, { ...how, options: {} });
      return inTest(opened).map(({ path, label }) => ({ input: path, truth: opened.classes[label] }));
    },
  },
  "audio-regression": {
    ...{ toy: "sound-numbers", words: "sound-numbers sound-base metadata csv wav pitch Hz" },
    ...oneNumber,
    samples: async (data) =>
      inTest(await numbersIn("audio-regression", "audio", data)).map(({ path, values }) => ({
        input: path,
        truth: values[0],
      })),
  },
  "automatic-speech-recognition": {
    ...{ toy: "transcripts", words: "speech sound-base wav metadata csv speaker Hz" },
    sums: each(({ text }: { readonly text: string }, truth: string): number[] => {
      const counts = countEdits(alignEdits(wordsOf(truth), wordsOf(text)));
      return [errorsOf(counts), counts.length];
    }),
    score: (found: readonly { readonly text: string }[], truths: readonly string[]) =>
      wordAccuracy(
        found.map(({ text }) => text),
        truths,
      ),
    samples: async (data) =>
      inTest(await openSpeech(nodePlatform, data, { seed, options: {} })).map(({ path, text }) => ({
        input: path,
        truth: text,
      })),
  },
  "image-classification": {
    ...{ toy: "picture-classes", words: "pictures picture-base ant bee png", ...oneClass },
    samples: async (data) => {
      const opened = await openData(data, { seed }, nodePlatform);
      return inTest(opened).map(({ path, label }) => ({ input: path, truth: opened.classes[label] }));
    },
  },
  "image-regression": {
    ...{
      toy: "picture-numbers",

      words: "picture-numbers picture-base csv tints png red",
      ...oneNumber,
    },
    samples: async (data) =>
      inTest(await numbersIn("image-regression", "image", data)).map(({ path, values }) => ({
        input: path,
        truth: values[0],
      })),
  },
  "image-segmentation": {
    ...{
      toy: "picture-masks",

      words: "shape-masks strided-base background disc square png mIoU Dice",
    },
    sums: (found: readonly (readonly NamedMask[])[], truths: readonly MaskTruth[]) => {
      const counts = found.map((masks, i) =>
        maskConfusion(truths[i]!.mask, pixelsOf(masks, truths[i]!), maskNames.length),
      );
      return Array.from(sharesOfIous(counts, maskNames.length).miou, (share) => [share]);
    },
    score: (found: readonly (readonly NamedMask[])[], truths: readonly MaskTruth[]) =>
      meanIou(
        found.map((masks, i) => pixelsOf(masks, truths[i]!)),
        truths.map(({ mask }) => mask),
        maskNames.length,
      ),
    samples: async (data) => {
      const content = await contentOf(nodePlatform, data);
      const opened = await requireMasks(content, { seed });
      const masks = inTest(opened).map(async (item) => ({
        input: item.path,
        truth: { mask: (await readMask(nodePlatform, opened, item)).data },
      }));
      return Promise.all(masks);
    },
  },
  "multi-label-classification of clips": {
    ...{ toy: "sound-labels", words: "sound-labels metadata csv wav labels high low middle sound-base Hz" },
    ...severalLabels("audio"),
  },
  "multi-label-classification of pictures": {
    ...{ toy: "picture-labels", words: "picture-labels csv labels ant bee pictures png picture-base" },
    ...severalLabels("image"),
  },
  "multi-label-classification of texts": {
    ...{ toy: "text-labels", words: "text-labels csv labels book film blame praise text-base" },
    ...severalLabels("text"),
  },
  "multimodal-classification": {
    ...{
      toy: "several-classes",

      words:
        "several-classes csv image text rooms columns label line picture-base text-base ant bee negative positive",
      ...oneClass,
    },
    samples: async (data) => {
      const opened = await openRows(data, { inputs }, "multimodal-classification", how);
      return inTest(opened).map(({ cells, label }) => ({
        input: rowOf(opened.columns, cells),
        truth: opened.classes[label],
      }));
    },
  },
  "multimodal-regression": {
    ...{
      toy: "several-numbers",

      words: "several-numbers csv image text rooms columns price picture-base text-base",
      ...oneNumber,
    },
    samples: async (data) => {
      const opened = await openRows(data, { inputs, target: "price" }, "multimodal-regression", how);
      return inTest(opened).map(({ cells, values }) => ({
        input: rowOf(opened.columns, cells),
        truth: values[0],
      }));
    },
  },
  "object-detection": {
    ...{ toy: "picture-boxes", words: "shape-boxes strided-base disc square json AP50 AP75 e-7" },
    predictOptions: { threshold: 0 },
    sums: (found: readonly (readonly NamedDetection[])[], truths: readonly TrueObjects[]) => {
      const pictures = found.map((boxes, i) => ({
        truths: truths[i]!.objects,
        detections: boxes.map(({ label, score, box: { xmin, ymin, xmax, ymax } }) => ({
          ...{ label: (shapeNames as readonly string[]).indexOf(label), score },
          box: [xmin, ymin, xmax, ymax] as const,
        })),
      }));
      return Array.from(
        sharesOfMatches(matchClasses(pictures, shapeNames.length), pictures.length).ap,
        (share) => [share],
      );
    },
    score: (found: readonly (readonly NamedDetection[])[], truths: readonly TrueObjects[]) =>
      meanAveragePrecision(
        found.map((boxes) =>
          boxes.map(({ label, score, box: { xmin, ymin, xmax, ymax } }) => ({
            ...{ label, score, box: [xmin, ymin, xmax, ymax] as const },
          })),
        ),
        truths.map(({ objects }) => objects.map(({ label, box }) => ({ label: shapeNames[label]!, box }))),
        shapeNames,
      ),
    samples: async (data) =>
      inTest(await openBoxes(data, { seed })).map(({ path, objects }) => ({
        input: path,
        truth: { objects },
      })),
  },
  "tabular-classification": {
    ...{ toy: "table-classes", words: "table-classes csv rooms side size", ...oneClass },
    samples: async (data) => {
      const opened = await openRows(data, { target: "size" }, "tabular-classification", how);
      return inTest(opened).map(({ cells, label }) => ({
        input: rowOf(opened.columns, cells),
        truth: opened.classes[label],
      }));
    },
  },
  "tabular-regression": {
    ...{ toy: "table-numbers", words: "table-numbers csv rooms side price", ...oneNumber },
    samples: async (data) => {
      const opened = await openRows(data, { target: "price" }, "tabular-regression", how);
      return inTest(opened).map(({ cells, values }) => ({
        input: rowOf(opened.columns, cells),
        truth: values[0],
      }));
    },
  },
  "text-classification": {
    ...{
      toy: "text-classes",

      words: "texts csv negative positive text-base",
      ...oneClass,
    },
    samples: async (data) => {
      const opened = await openTextDataset(data, { ...how, options: {} });
      return inTest(opened).map(({ text, label }) => ({ input: text, truth: opened.classes[label] }));
    },
  },
  "text-generation": {
    ...{ toy: "chats", words: "chats jsonl chat-decoder" },
    computed: correctTokens,
    sums: each((counts: TokenCounts) => counts),
    score: (counts: readonly TokenCounts[]) =>
      counts.reduce((sum, [right]) => sum + right, 0) / counts.reduce((sum, [, all]) => sum + all, 0),
    samples: async (data) => {
      const { items } = await openGenerationData(nodePlatform, data, { seed });
      return inTest({ items }).map(({ chat }) => ({
        input: chat!.messages.slice(0, -1),
        truth: chat!.messages.at(-1)!.content,
      }));
    },
  },
  "text-regression": {
    ...{ toy: "text-numbers", words: "text-numbers csv stars text-base" },
    ...oneNumber,
    samples: async (data) =>
      inTest(await numbersIn("text-regression", "text", data)).map((item) => ({
        input: "text" in item ? item.text : undefined,
        truth: item.values[0],
      })),
  },
  "text-regression of pairs": {
    ...{ toy: "text-pairs", words: "text-pairs csv sentence1 sentence2 score text-base", tags: ["thorough"] },
    ...oneNumber,
    samples: async (data) =>
      inTest(await numbersIn("text-regression", "text", data)).map((item) => ({
        input: "text" in item && "pair" in item ? [item.text, item.pair] : undefined,
        truth: item.values[0],
      })),
  },
  "token-classification": {
    ...{ toy: "entities", words: "sentences MOOD THING test txt text-base" },
    sums: each((found: readonly Span[], truth: readonly string[]) => common(found.map(spanWords), truth)),
    score: (found: readonly (readonly Span[])[], truths: readonly (readonly string[])[]) =>
      microF1(
        found.map((spans) => spans.map(spanWords)),
        truths,
      ),
    samples: async (data) => {
      const opened = await openEntityData(nodePlatform, data, { seed, options: {}, onEvent });
      return inTest(opened).map(({ words, tags }) => ({
        input: words.join(" "),
        truth: spansOf(
          words,
          tags.map((tag) => opened.labels[tag]!),
        ),
      }));
    },
  },
};

/** Returns the member of a task; of several modalities that of texts. */
export const memberOf = (task: Task): Member =>
  members[task === "multi-label-classification" ? "multi-label-classification of texts" : task];

const rowOf = (columns: readonly { readonly name: string }[], cells: readonly string[]) =>
  Object.fromEntries(columns.map(({ name }, c) => [name, cells[c]!]));

interface Span {
  readonly entity_group: string;
  readonly start: number;
  readonly end: number;
}
const spanWords = ({ entity_group, start, end }: Span): string => `${entity_group} ${start}-${end}`;

/** Returns the entities of a sentence in BIO tags, with offsets in the text whose words are separated by spaces. */
function spansOf(words: readonly string[], tags: readonly string[]): string[] {
  const spans: Span[] = [];
  let at = 0;
  for (const [i, word] of words.entries()) {
    const [mark, type] = tags[i]!.split("-");
    const end = at + word.length;
    if (mark === "B") spans.push({ entity_group: type!, start: at, end });
    if (mark === "I") spans[spans.length - 1] = { ...spans.at(-1)!, end };
    at = end + 1;
  }
  return spans.map(spanWords);
}
