/** English warnings about the data and the run. */

import { baselineNames } from "../results/baseline-names.js";
import { metrics } from "../results/metric.js";
import { counted, listed, type Names, thousands } from "./counted.js";
import { amountText, wordsInRun } from "./metric-en.js";
import { type ModelScores, scoresEn } from "./strategy-en.js";

/** A number of samples: "picture", "text", "row", "sentence". */
export interface Samples {
  readonly samples: number;
  readonly unit: string;
}
/** Samples with the same content in two classes. */
export interface ContradictingSamples {
  readonly unit: string;
  readonly pairs: readonly {
    /** Two classes, and a sample of each. */
    readonly classes: readonly string[];
    readonly ids: readonly string[];
    /** Number of contents that are in both. */
    readonly samples: number;
  }[];
  /** Pairs of classes that are not named. */
  readonly more: number;
}
/** The name of a sample, if it is no picture. */
export interface Unit {
  readonly unit?: string;
}
/** Sentence added for a column of groups, by the word for a sample. */
const besideGroups: Readonly<Record<string, string>> = {
  row: ", and the column is no input; --categories makes it one",
};
const samplesOf = ({ samples, unit }: Samples): string => counted(samples, unit);

/** Recordings that files show. */
export interface Recordings {
  readonly recordings: number;
  readonly by: "time" | "name" | "file time";
  readonly unit: string;
}
const recordedBy: Readonly<Record<Recordings["by"], string>> = {
  time: "by time",
  name: "by name",
  "file time": "by the times of the files",
};
const recordings = (v: Recordings): string => `${counted(v.recordings, "recording")}, ${recordedBy[v.by]}`;

interface SplitAccuracy {
  /** 0 … 1 */
  readonly accuracy: number;
  readonly n: number;
}
/** Accuracies of the test split, and of the validation split or, by cross-validation, of all other samples. */
export interface TestDiffers {
  readonly test: SplitAccuracy;
  readonly other: SplitAccuracy & { readonly by: "validation" | "cross-validation" };
  /** Probability of a difference this large if both splits are alike. */
  readonly p: number;
}
/** Score of a model on n validation samples, with and without what somebody brought. */
export interface WithAndWithout {
  /** Default: accuracy. */
  readonly metric?: "accuracy" | "r2";
  readonly n: number;
  readonly with: number;
  readonly without: number;
}
const withAndWithout = ({ metric = "accuracy", n, with: its, without }: WithAndWithout): string => {
  const { name, score } = wordsInRun(metric);
  return `${name} on ${counted(n, "validation sample")} is ${score(its)}, and ${score(without)} without`;
};
const percentText = (share: number): string => `${(100 * share).toFixed(1)} %`;
const pText = (p: number): string => (p < 0.001 ? "< 0.001" : `= ${p.toFixed(3)}`);

/** Shares of the classes in the predictions of two models, percent. */
export interface PredictedShares extends Names {
  readonly source_only: readonly number[];
  readonly adapted: readonly number[];
}
const predictedShares = ({ names, more, source_only, adapted }: PredictedShares): string =>
  `Predicted shares, source-only and adapted: ${names
    .map((name, k) => `${JSON.stringify(name)} ${source_only[k]} % and ${adapted[k]} %`)
    .join(", ")}${more > 0 ? ` and ${more} more` : ""}`;

/** Why the batch of a GPU with too little memory cannot be divided. */
export const undividedEn = {
  /** It has one sample. */
  "one-row": ", even for one sample",
  /** Its loss is no sum over samples. */
  coupled: ", and this batch cannot be divided: its loss is not a sum over its samples",
  /** The failure was not that of a batch. */
  "not-a-batch": "",
} as const satisfies Readonly<Record<string, string>>;
export type Undivided = keyof typeof undividedEn;

/** Test samples, and the teacher that may know them. */
export interface TeacherSamples extends Samples {
  readonly teacher: string;
}
/** How many of the samples on two sides are too similar to a test sample. Missing in older records: unknown. */
export interface TestPairs {
  readonly test?: number;
}
/** Only pairs with a test sample can make the test score too good. */
const whatMayBeOptimistic = ({ test }: TestPairs): string =>
  test === 0
    ? "the validation score may be optimistic, the test score is not affected"
    : "the test score may be optimistic";

/** Returns "the test split", or "another split, 3 of them as one of the test split". */
const ofWhichSplit = ({ samples, test }: Samples & TestPairs): string =>
  test === samples
    ? "the test split"
    : `another split${test ? `, ${thousands(test)} of them as one of the test split` : ""}`;

export const warningEn = {
  // Time.
  "split-by-time": (v: {
    readonly column: string;
    readonly train: number;
    readonly validation: number;
    readonly test: number;
    readonly validation_from: string;
    readonly test_from: string;
    readonly gap: number;
    readonly missing: number;
  }): string =>
    `split by time in ${JSON.stringify(v.column)}: ${counted(v.train, "row")} before ${v.validation_from} to train, ${thousands(v.validation)} before ${v.test_from} to validate, ${thousands(v.test)} to test${v.gap ? `; ${thousands(v.gap)} left out as gap` : ""}${v.missing ? `; ${thousands(v.missing)} without a time left out` : ""}`,
  "split-ignores-dates": ({ column }: { readonly column: string }): string =>
    `the split is random, and rows have dates in ${JSON.stringify(column)}: --split-by ${column} tests on the latest`,

  "earlier-value-better": (v: {
    readonly earlier: "last_value" | "last_season";
    readonly score: number;
    readonly own: number;
  }): string =>
    `${baselineNames[v.earlier]} is better on the validation split: R² ${v.score.toFixed(3)}, this model ${v.own.toFixed(3)}`,

  // Another table as source.
  "source-columns-unknown": (v: Names & { readonly source: string }): string =>
    `columns of the source ${JSON.stringify(v.source)} that the target does not have are not used: ${listed(v)}`,
  "source-rows-unusable": (v: Names & { readonly source: string; readonly rows: number }): string =>
    `${counted(v.rows, "row")} of the source ${JSON.stringify(v.source)} left out: no usable value in ${listed(v)}`,
  "source-rows-of-target": (v: {
    readonly source: string;
    readonly rows: number;
    readonly held: number;
    /** True for rows of the same things, measured again. */
    readonly nearly?: boolean;
  }): string =>
    `${counted(v.rows, "row")} of the source ${JSON.stringify(v.source)} left out: the target has ${v.nearly ? "nearly " : ""}the same, ${thousands(v.held)} of them in its validation or test split`,
  "source-rows-of-groups": (v: {
    readonly source: string;
    readonly rows: number;
    readonly column: string;
  }): string =>
    `${counted(v.rows, "row")} of the source ${JSON.stringify(v.source)} left out: the same ${JSON.stringify(v.column)} is in the target`,
  "source-harmed": (v: {
    readonly source: string;
    readonly metric: "accuracy" | "r2";
    readonly gain: number;
    readonly low: number;
    readonly high: number;
  }): string =>
    `the source ${JSON.stringify(v.source)} harmed: a model of the target alone is ${amountText(-v.gain, metrics[v.metric].sentenceScale)} better on the test split (95 % confidence interval ${amountText(-v.high, metrics[v.metric].sentenceScale)} to ${amountText(-v.low, metrics[v.metric].sentenceScale)}); leave --with out`,

  // Several sources of one model.
  "data-of-run-changed": ({ data }: { readonly data: string }): string =>
    `${JSON.stringify(data)} has changed since its run: its test split is not used`,
  "data-of-run-gone": ({ data }: { readonly data: string }): string =>
    `the data of the run are not at ${JSON.stringify(data)}: its test split is not used`,
  "samples-of-sums-unknown": ({ source }: { readonly source: string }): string =>
    `it is not known whether ${JSON.stringify(source)} counts some of the test samples`,
  "samples-of-several-sources": ({ samples }: { readonly samples: number }): string =>
    `${counted(samples, "sample")} left out: an earlier source has the same`,
  "one-holder": (v: {
    readonly holder: string;
    readonly claimed: number;
    readonly samples: number;
  }): string =>
    `${JSON.stringify(v.holder)} claims ${thousands(v.claimed)} of ${thousands(v.samples)} samples: it decides alone what is predicted`,
  /** Score on n validation samples. */
  "holder-left-out": (v: WithAndWithout & { readonly holder: string }): string =>
    `${JSON.stringify(v.holder)} is left out: with its sums the ${withAndWithout(v)} them`,
  /** @param dims features or directions @param directions that hide a single sample */
  "samples-in-sums": (v: {
    readonly samples: number;
    readonly dims: number;
    readonly directions: number;
  }): string =>
    `whoever has this file can ${v.samples <= v.dims ? "" : "often "}tell if it counts a sample that he has: ${counted(v.samples, "sample")} along ${thousands(v.dims)} directions; fewer hide it and lose accuracy: --directions ${v.directions}`,
  "test-samples-in-sums": ({ samples }: { readonly samples: number }): string =>
    `${counted(samples, "test sample")} left out: a source has the same`,

  // Splits.
  "test-differs": (v: TestDiffers): string =>
    `the test split differs from the other samples by more than chance: accuracy ${percentText(v.test.accuracy)} on ${thousands(v.test.n)} test samples, ${percentText(v.other.accuracy)} on ${thousands(v.other.n)} ${v.other.by === "validation" ? "validation samples" : "others by cross-validation"} (p ${pText(v.p)}); do not rely on this test split alone; more samples make it reliable, another seed does not`,

  "folds-missing": ({ folds }: { readonly folds: number }): string =>
    `there is no cross-validation of ${folds} folds: the samples have too few groups; label more groups, or leave --folds out`,

  // Copies and groups.
  "near-copies-divided": (v: Samples & TestPairs): string =>
    `${samplesOf(v)} that are nearly the same had to be divided between the splits, since together they are too many for one: ${whatMayBeOptimistic(v)}`,
  "near-copies-across-splits": (v: Samples & TestPairs): string =>
    `${samplesOf(v)} ${v.samples === 1 ? "is" : "are"} nearly the same as one of ${ofWhichSplit(v)}: ${whatMayBeOptimistic(v)}`,
  "copies-left-out": (v: Samples): string =>
    `${samplesOf(v)} left out: exact copies of ${v.unit}s in the validation or test split`,
  "copies-across-splits": (v: Samples & TestPairs): string =>
    `${samplesOf(v)} ${v.samples === 1 ? "equals" : "equal"} one of ${ofWhichSplit(v)}: ${whatMayBeOptimistic(v)}`,
  "task-splits-differ": ({ samples, unit, test }: Samples & { readonly test: number }): string =>
    `the tasks give ${counted(samples, unit)}, their copies or their groups different splits: each is in the split that learns least from it, ${thousands(test)} in test`,
  "trust-of-old-layer":
    "the new model has no prediction sets and no confidence threshold: those of the model before belong to its old predictions",
  "one-class-predicted": ({ name, unit }: { readonly name: string; readonly unit: string }): string =>
    `the adapted model predicts ${JSON.stringify(name)} for all ${unit}s of the target: it is of no use. Try a lower learning rate, another method, or some labelled samples`,
  // Two domains.
  "domains-alike": ({ shares_differ }: { readonly shares_differ: boolean }): string =>
    `the domains differ no more than two halves of the source, so source-only is kept${shares_differ ? ". The shares of the classes differ: train a model of the source, and correct it by engraft adapt MODEL TARGET --method label-shift" : ""}`,
  "domains-too-small": ({ unit, groups }: { readonly unit: string; readonly groups: boolean }): string =>
    `too few ${groups ? "groups of " : ""}${unit}s to tell whether the domains differ, so source-only is kept`,
  "equal-shares-expected": (
    v: PredictedShares & { readonly unit: string; readonly absent: string },
  ): string =>
    `source-only finds almost no ${v.unit} of class ${JSON.stringify(v.absent)} in the target, so the choice expects equally frequent classes. If they are not, the adapted model can be worse than source-only: check it with --check 20. ${predictedShares(v)}`,
  "source-only-scores-higher": (v: PredictedShares): string =>
    `without target labels, source-only has a higher score than the map that you chose: check the adapted model with --check 20. ${predictedShares(v)}`,

  "copies-with-other-labels": (v: Names & Unit & { readonly copies: number }): string =>
    `${counted(v.copies, "exact copy", "exact copies")} of ${v.unit ?? "picture"}s with another label: ${listed(v)}`,
  "contradicting-samples": ({ pairs, unit, more }: ContradictingSamples): string =>
    `${pairs
      .map(
        ({ classes: [a, b], ids: [x, y], samples }) =>
          `${counted(samples, unit)} ${samples === 1 ? "is" : "are"} in ${JSON.stringify(a)} and in ${JSON.stringify(b)}, such as ${JSON.stringify(x)} and ${JSON.stringify(y)}`,
      )
      .join(
        "; ",
      )}${more > 0 ? `; and ${counted(more, "more pair")} of classes` : ""}. Which is right? Keep one of them`,
  "groups-across-splits": (v: Samples & TestPairs & { readonly groups: number }): string =>
    `${samplesOf(v)} of ${counted(v.groups, "group")} on two sides of the given split: ${whatMayBeOptimistic(v)}; leave the split out, and groups stay together`,
  "equal-rows": ({ copies, rows }: { readonly copies: number; readonly rows: number }): string =>
    `${counted(copies, "row")} of ${thousands(rows)} equal another one, so equal rows are not kept on one side of the split: if they are copies of one another, the test score is too good`,
  "near-rows": ({ near, rows }: { readonly near: number; readonly rows: number }): string =>
    `${counted(near, "row")} of ${thousands(rows)} ${near === 1 ? "has" : "have"} nearly the same numbers as another one, as if one thing was measured again: they are one group`,
  "equal-inputs": (v: {
    readonly copies: number;
    readonly rows: number;
    readonly input: string;
    readonly nearly?: boolean;
  }): string =>
    `${counted(v.copies, "row")} of ${thousands(v.rows)} ${v.copies === 1 ? "has" : "have"} ${v.nearly ? "nearly " : ""}the same ${JSON.stringify(v.input)} as another one, and so many cannot stay on one side of the split: the test score may be too good for rows with a new ${JSON.stringify(v.input)}`,
  "repeated-samples": (v: Samples & { readonly across: number }): string =>
    `${samplesOf(v)} left out: the same words are there already${v.across > 0 ? `, ${thousands(v.across)} of them in another split` : ""}`,

  "teacher-learnt-test": (v: TeacherSamples & { readonly unseen: number }): string =>
    `the teacher ${v.teacher} learnt from ${thousands(v.samples - v.unseen)} of ${samplesOf(v)} of the test split: ${v.unseen === 0 ? "it is not scored" : `it is scored on the other ${thousands(v.unseen)}, so do not compare its score with the student's`}`,
  "teacher-samples-unknown": (v: TeacherSamples): string =>
    `the teacher ${v.teacher} may have learnt from some of the ${samplesOf(v)} of the test split, then its score is too good: the run that trained it is not beside its model`,

  "teacher-guesses": (v: TeacherSamples & { readonly right: number; readonly guessed: number }): string =>
    `the teacher ${v.teacher} is right for ${thousands(v.right)} of ${samplesOf(v)} of the test split, and always answering the most frequent class for ${thousands(v.guessed)}: the student learns wrong answers. Are its classes in another order, or of another meaning?`,
  "rounds-diverged": (v: {
    readonly models: readonly string[];
    readonly rounds: number;
    readonly loss: number;
    readonly guessing: number;
    readonly lr: number;
  }): string =>
    `${v.models.join(", ")} diverged: after ${counted(v.rounds, "round")} the loss on the training samples is ${v.loss.toFixed(2)}, above the ${v.guessing.toFixed(2)} of a head that has learnt nothing. Give a lower --lr than ${v.lr}`,

  /** @param client number of the client whose update lowers the score most @param more clients of whom it is also true */
  "update-lowers-score": (
    v: WithAndWithout & {
      readonly model: string;
      readonly client: number;
      readonly clients: number;
      readonly more: number;
    },
  ): string =>
    `${v.model} is better without the last update of client ${v.client} of ${v.clients}: with this update the ${withAndWithout(v)} it${v.more > 0 ? `; the same is true of ${counted(v.more, "more client")}` : ""}`,

  "base-learnt-test": (v: Samples & { readonly base: string; readonly learnt: number }): string =>
    `the base ${v.base} learnt from ${thousands(v.learnt)} of ${samplesOf(v)} of the test split, so the test score may be too good: divide the data as its run did (--split-seed), or name another base`,

  // Annotations and masks.
  "pictures-incomplete": (v: Names & { readonly pictures: number; readonly objects: number }): string =>
    `${counted(v.pictures, "picture")} left out, since ${counted(v.objects, "object")} in ${v.pictures === 1 ? "it" : "them"} cannot be used and would be learnt as background: ${listed(v)}`,
  "boxes-in-corner": (v: {
    readonly boxes: number;
    readonly width: number;
    readonly height: number;
  }): string =>
    `all ${counted(v.boxes, "box", "boxes")} lie in the upper left ${v.width} % × ${v.height} % of their pictures: check the unit of their coordinates`,
  "polygons-of-one-length": (v: {
    readonly lines: number;
    readonly corners: number;
    readonly option: string;
    readonly file: string;
  }): string =>
    `all ${counted(v.lines, "outline")} have ${v.corners} corners: lines of key points look alike, and need ${v.option} in ${v.file}`,
  "masks-deep-classes": ({ values }: { readonly values: string }): string =>
    `the masks have 16 bits, and few values, which are read as class numbers: ${values}`,
  "masks-maybe-objects":
    "every number in a mask has one region, from 1 on: read as classes; if these are numbers of objects, save the masks with 16 bits",
  "masks-missing-numbers": ({ values }: { readonly values: string }): string =>
    `some class numbers occur in no mask: ${values}`,
  "masks-soft-edges": (v: {
    readonly levels: number;
    readonly percent: string;
    readonly least: number;
  }): string =>
    `the masks have soft edges, ${v.levels} values on ${v.percent} % of the pixels: values from ${v.least} on are the object`,

  // Classes and labels.
  "classes-without-test": (v: Names & { readonly classes: number }): string =>
    `no test picture of ${counted(v.classes, "class", "classes")}: ${listed(v)}; the test says nothing about ${v.classes === 1 ? "it" : "them"}`,
  "columns-beside-pictures": (v: Names & { readonly inputs: string }): string =>
    `only the pictures are inputs, and ${v.names.length + v.more === 1 ? "this column is" : "these columns are"} not learnt from: ${listed(v)}. --inputs ${v.inputs} learns from ${v.names.length + v.more === 1 ? "it" : "them"} too`,
  "labels-without-test": (v: Names): string =>
    `the test split has no text of ${listed(v)}: the test says nothing about ${v.names.length === 1 ? "it" : "them"}`,
  "types-without-training": (v: Names): string =>
    `the training split has no entity of ${listed(v)}: none will be found`,

  // Transcripts.
  "characters-without-class": (v: Names): string =>
    `characters that the training transcripts lack, so they count as errors: ${listed(v)}`,
  "rare-characters": (v: Names): string =>
    `characters with fewer than 5 occurrences in the training transcripts, which a model hardly learns: ${listed(v)}`,
  "transcripts-too-long": (v: Names): string =>
    `clips left out because their transcript is longer than the frames can say: ${listed(v)}`,
  "clips-too-long": (v: Names & { readonly clips: number; readonly seconds: number }): string =>
    `${counted(v.clips, "clip")} left out because the base takes at most ${v.seconds} s (cut them into sentences, or use a base that takes any length): ${listed(v)}`,
  "all-blank": ({ epochs, of }: { readonly epochs: number; readonly of: number }): string =>
    `the model recognises nothing after ${epochs} of ${of} epochs: the learning rate may not suit it, clips may have too few frames for their transcripts, or transcripts may belong to other clips`,

  // Texts to write, and chats.
  "tokens-unknown": ({ unknown, tokens }: { readonly unknown: number; readonly tokens: number }): string =>
    `${unknown} of ${tokens} tokens (${((100 * unknown) / tokens).toFixed(1)} %) are not in the base's vocabulary: of those nothing is learnt`,
  "chats-left-out": (v: { readonly chats: number; readonly all: number; readonly reason: string }): string =>
    `${counted(v.chats, "chat")} of ${v.all} ${v.chats === 1 ? "does" : "do"} not fit the template and ${v.chats === 1 ? "is" : "are"} left out: ${v.reason}`,
  "default-chat-template":
    'the base has no chat template: chats become the lines "User: …" and "Assistant: …", and the folder of the model says so',
  "chats-cut": (v: {
    readonly cut: number;
    readonly all: number;
    readonly length: number;
    readonly mayGrow: boolean;
  }): string =>
    `${v.cut} of ${counted(v.all, "chat")} ${v.cut === 1 ? "has" : "have"} more than ${v.length} tokens: what follows is not learnt${v.mayGrow ? "; give a larger --max-length" : ""}`,
  "answers-without-end": ({ answers }: { readonly answers: number }): string =>
    `${counted(answers, "answer")} ${answers === 1 ? "ends" : "end"} without a special token: the model does not learn to stop; take a template that puts one behind each answer`,
  "special-tokens-as-text": ({ times }: { readonly times: number }): string =>
    `special tokens stand ${times === 1 ? "once" : `${times} times`} in the messages: they are learnt as text`,

  // Files and cells.
  "empty-class-folder": ({ folder, unit = "picture" }: { readonly folder: string } & Unit): string =>
    `the folder ${JSON.stringify(folder)} holds no ${unit}s`,
  "pictures-outside-classes": ({
    pictures,
    unit = "picture",
  }: { readonly pictures: number } & Unit): string =>
    `${counted(pictures, unit)} outside any class folder left out`,
  "first-frame-only": (v: Names & { readonly pictures: number }): string =>
    `of ${counted(v.pictures, "animated or many-paged picture")} only the first frame is used: ${listed(v)}`,
  "column-tells-target": (v: {
    readonly column: string;
    readonly target: string;
    readonly share: number;
    /** True if it tells by its empty cells. */
    readonly empty?: boolean;
  }): string =>
    `${v.empty ? `whether ${JSON.stringify(v.column)} is empty` : `${JSON.stringify(v.column)} alone`} tells ${v.share} % of ${JSON.stringify(v.target)}: is it known before the answer is? --ignore leaves it out`,
  "column-counts-in-order": (v: { readonly column: string; readonly target: string }): string =>
    `${JSON.stringify(v.column)} counts the rows, and ${JSON.stringify(v.target)} follows their order: the score is too good for later rows. --split-by ${JSON.stringify(v.column)} tests the last ones; --ignore leaves it out`,
  "columns-tell-classes": (v: Names & { readonly target: string }): string =>
    `columns tell the classes of ${JSON.stringify(v.target)}, one each: ${listed(v)}. Are they known before the answer is? --ignore leaves them out`,
  "columns-add-up": (v: {
    readonly target: string;
    readonly first: string;
    readonly second: string;
  }): string =>
    `${JSON.stringify(v.first)} and ${JSON.stringify(v.second)} add up to ${JSON.stringify(v.target)} in every row: are they known before the answer is? --ignore leaves them out`,
  "masks-left-out": (v: Names & { readonly masks: number; readonly task: string }): string =>
    `${counted(v.masks, "mask")} beside the pictures left out: ${listed(v)}; --task ${v.task} learns them`,
  "codes-among-numbers": (
    v: Names & {
      readonly column: string;
      readonly rows: number;
      readonly least: number;
      readonly largest: number;
    },
  ): string =>
    `${counted(v.rows, "row")} of ${JSON.stringify(v.column)} ${v.rows === 1 ? "has" : "have"} ${listed(v)}, all others ${v.least} to ${v.largest}: if that stands for no value, leave the cells empty`,
  "numbers-with-units": (v: { readonly column: string; readonly value: string }): string =>
    `${JSON.stringify(v.column)} has numbers with a unit (${JSON.stringify(v.value)}), which are taken as text: write them without it to learn from the numbers`,
  "split-stated": (v: Names): string =>
    `${listed(v)} ${v.names.length > 1 ? "state the split, and are" : "states the split, and is"} no input`,
  "parts-of-clips": (
    v: Names & { readonly clips: number; readonly begin: string; readonly end: string },
  ): string =>
    `${counted(v.clips, "clip")} ${v.clips === 1 ? "is" : "are"} longer than the part from ${JSON.stringify(v.begin)} to ${JSON.stringify(v.end)} of the list, and used whole: ${listed(v)}; if the part is meant, cut the clips first`,
  "column-gives-groups": (v: {
    readonly column: string;
    readonly groups: number;
    readonly unit: string;
  }): string =>
    `${v.unit}s of one ${JSON.stringify(v.column)} stay in one split (${counted(v.groups, "group")})${besideGroups[v.unit] ?? ""}`,
  "column-gives-few-groups": (v: {
    readonly column: string;
    readonly groups: number;
    readonly unit: string;
  }): string =>
    `${v.unit}s of one ${JSON.stringify(v.column)} may be in several splits, since its ${counted(v.groups, "value")} are few or unequal: the model may be tested on those that it learnt from; --group-from ${v.column} keeps them together`,
  "recordings-give-groups": (v: Recordings): string =>
    `${recordings(v)}: ${v.unit}s of one recording stay in one split; if they are apart, --group-from none`,
  "few-recordings": (v: Recordings): string =>
    `${recordings(v)}, are too few or too unequal to divide: the model may be tested on recordings that it learnt from; --group-from recordings keeps each in one split`,
  "one-recording": (v: Names & Pick<Recordings, "by" | "unit">): string =>
    `all ${v.unit}s${v.names.length > 0 ? ` of ${listed(v)}` : ""} seem to be of one recording${v.names.length > 1 ? " each" : ""}, ${recordedBy[v.by]}: if so, the model is tested on what it learnt from; add others, or name the groups with --group-from`,
  "dates-read": (v: Names): string => `dates in ${listed(v)} are read as days, month, weekday and hour`,
  "values-not-dates": (v: Names & { readonly values: number; readonly column: string }): string =>
    `${counted(v.values, "value")} of ${JSON.stringify(v.column)} ${v.values === 1 ? "is no date" : "are no dates"} and taken as missing: ${listed(v)}`,
  "dates-unclear": (v: Names): string =>
    `dates in ${listed(v)} do not say whether the day or the month is first, or say both, and stay texts: write them as 2024-03-31`,
  "dates-unread": (v: Names & { readonly example: string }): string =>
    `${listed(v)} may hold dates or times that are not read, such as ${JSON.stringify(v.example)}: write dates as 2024-03-31, times as 13.5`,
  "currencies-mixed": (v: { readonly column: string; readonly marks: readonly string[] }): string =>
    `${JSON.stringify(v.column)} has several currencies, ${v.marks.join(" ")}, which are compared as one: convert them, or --ignore leaves it out`,
  "class-called-missing": ({ name }: { readonly name: string }): string =>
    `a class is called ${JSON.stringify(name)}, which usually means that there is no label: if so, leave the field empty`,
  "empty-labels": ({ cells }: { readonly cells: number }): string =>
    `${counted(cells, "empty cell")} in the columns of labels ${cells === 1 ? "counts" : "count"} as 0: if the label is not known there, leave out the row`,
  "words-have-language": ({ prefix }: { readonly prefix: string }): string =>
    `every word begins with ${JSON.stringify(prefix)}, which is left out`,
  "entities-inside-words": (v: {
    readonly entities: number;
    readonly of: number;
    readonly first: string;
  }): string =>
    `${v.entities} of ${v.of} entities begin or end inside a word, first ${v.first}: positions count characters from 0, and the second one stands behind the entity`,
  "rows-rejected": (v: { readonly rows: number; readonly answers: readonly string[] }): string =>
    `${counted(v.rows, "row")} left out: the answer of the annotator is ${v.answers.map((one) => JSON.stringify(one)).join(" or ")}`,
  "header-repeated": ({ rows }: { readonly rows: number }): string =>
    `${counted(rows, "row")} left out: ${rows === 1 ? "it repeats" : "they repeat"} the names of the columns`,
  "classes-of-one-row": (v: Names & { readonly classes: number }): string =>
    `${counted(v.classes, "class", "classes")} with one row only: ${listed(v)}. It can be learnt or tested, not both: is the row a sample?`,
  "folders-in-each-class": (v: {
    readonly classes: number;
    readonly inner: readonly string[];
    readonly outer: readonly string[];
  }): string =>
    `the ${v.classes} folders ${v.outer.map((one) => JSON.stringify(one)).join(", ")} are the classes, and each holds ${v.inner.map((one) => JSON.stringify(one)).join(", ")}: if those are the classes, give one of the outer folders, or a list with image,label`,
  "amounts-as-classes": (v: {
    readonly classes: number;
    readonly least: number;
    readonly largest: number;
    readonly task: string;
  }): string =>
    `${v.classes} whole numbers from ${v.least} to ${v.largest} are taken for classes: --task ${v.task} learns them as numbers`,
  "row-of-sums": (v: { readonly row: string; readonly text: string }): string =>
    `${v.row} says ${JSON.stringify(v.text)}: if it sums up other rows, remove it; it counts as a row like the others`,
  "labels-called-missing": (v: Samples & { readonly name: string }): string =>
    `${samplesOf(v)} left out, since the label is ${JSON.stringify(v.name)}, which usually means that there is none: if it is a class, give it another name`,
  "dots-separate-thousands": (v: Names & { readonly from: string; readonly to: string }): string =>
    `dots separate thousands in ${listed(v)}: ${JSON.stringify(v.from)} is read as ${v.to}`,
  "dots-unclear": (v: Names & { readonly from: string; readonly to: string }): string =>
    `dots in ${listed(v)} may separate thousands: ${JSON.stringify(v.from)} is read as ${v.from}, not as ${v.to}; write the values without dots if it should be`,
  "percent-mixed": (v: Names & { readonly values: number; readonly column: string }): string =>
    `${counted(v.values, "value")} of ${JSON.stringify(v.column)} ${v.values === 1 ? "has" : "have"} a sign of percent, and others have none: ${listed(v)} is read without the sign`,
  "values-not-numbers": (v: Names & { readonly values: number; readonly column: string }): string =>
    `${counted(v.values, "value")} of ${JSON.stringify(v.column)} ${v.values === 1 ? "is no number" : "are no numbers"} and taken as missing: ${listed(v)}`,

  // The run.
  "base-changed": (v: {
    readonly base: string;
    readonly megabytes: number;
    readonly recorded: number;
    readonly earlier: string;
  }): string =>
    `${v.base} has changed on the hub: its files have ${v.megabytes} MB, the catalogue says ${v.recorded} MB; check its page before you rely on the row, or take an earlier commit: ${v.earlier}`,
  "license-unknown": ({ base }: { readonly base: string }): string =>
    `${base} states no known licence: ask its authors before you share a model made from it, or take a base of \`engraft bases\``,
  "memory-may-run-short": ({ needed, there }: { readonly needed: string; readonly there: string }): string =>
    `the run may need ${needed} of memory, there are ${there}`,
  "memory-needs-smaller-batch": (v: {
    readonly needed: string;
    readonly there: string;
    readonly batch: number;
    readonly accumulate: number;
  }): string =>
    `the run may need ${v.needed} of memory, there are ${v.there}: --batch-size ${v.batch} --accumulate ${v.accumulate} needs less for the same result`,
  "gpu-lost": ({ why }: { readonly why: string }): string =>
    `the GPU was lost: ${why}; the run goes on from its last checkpoint on the CPU`,
  "gpu-memory-in-parts": ({ rows, parts }: { readonly rows: number; readonly parts: number }): string =>
    `the GPU has not enough memory for ${counted(rows, "sample")} at a time; the run goes on from its last checkpoint with batches in ${parts} parts, whose gradients are summed: the result is the same up to rounding`,
  "gpu-memory-on-cpu": ({ because }: { readonly because: Undivided }): string =>
    `the GPU has not enough memory${undividedEn[because]}; the run goes on from its last checkpoint on the CPU`,
  "gpu-buffers-small": (v: {
    readonly limit: string;
    readonly batch: number;
    readonly rows: number;
  }): string =>
    `a buffer of this GPU holds at most ${v.limit}: batches of ${v.batch} run ${counted(v.rows, "sample")} at a time, and their gradients are summed: the result is the same up to rounding`,
  "batch-statistics-noisy": ({ batch, from }: { readonly batch: number; readonly from: number }): string =>
    `batch norm "train" with batches of ${batch}: below ${from} the statistics of a batch are mostly noise, which usually costs accuracy; use --batch-norm frozen or a larger --batch-size (accumulating gradients does not help here)`,
  "versions-differ": (v: { readonly name: string; readonly before: string; readonly now: string }): string =>
    `the run was started with ${v.name} ${v.before}, now it is ${v.now}: the result may differ in the last bits`,
  "study-of-versions": (v: { readonly before: string; readonly now: string }): string =>
    `this study has trainings of Engraft ${v.before}, and the others are made with ${v.now}: rows may differ because of the version; a new study has one version`,
  /** The first model was requested, the second one is better. */
  "better-model": (v: ModelScores & { readonly command: string }): string => {
    const [own, other] = v.models.map(({ name }) => name);
    return `${other} is better than ${own} by validation: ${scoresEn(v)}. ${own} was requested and is kept. For ${other}: ${v.command}`;
  },
  /** @param score after the first epoch; null if it diverged */
  "rate-lowered": (v: {
    readonly stage: string;
    readonly before: number;
    readonly now: number;
    readonly start: number;
    readonly score: number | null;
  }): string =>
    `${v.stage} begins again with a peak learning rate of ${Number(v.now.toPrecision(2))} instead of ${Number(v.before.toPrecision(2))}: its first epoch ${v.score === null ? "diverged" : `lowered the validation score from ${v.start.toFixed(3)} to ${v.score.toFixed(3)}`}`,
  /** @param unit what the work on a head is counted in */
  "head-cut-by-budget": (v: {
    readonly budget: number;
    readonly unit: "trials" | "passes" | "samples";
    readonly done: number;
    readonly total: number;
  }): string =>
    `for the budget of ${v.budget} s, the head is solved ${v.unit === "samples" ? `from ${v.done} of ${v.total} training samples` : `in ${v.done} of ${v.total} ${v.unit}`}: it may be worse than without`,
  "model-cut-by-budget": (v: { readonly budget: number; readonly model: string }): string =>
    `for the budget of ${v.budget} s, this model is left out: ${v.model}`,
  "training-cut-by-budget": (v: { readonly budget: number }): string =>
    `the budget of ${v.budget} s has no time for the training: the solved head on the frozen base is the model`,
  "fewer-steps-for-budget": (v: {
    readonly ms: number;
    readonly stage: string;
    readonly steps: number;
    readonly planned: number;
  }): string =>
    `steps take ${v.ms} ms: to ${v.steps > v.planned ? "use" : "end within"} the budget, ${v.stage} makes about ${v.steps} steps instead of ${v.planned}, and the rest of the schedule is laid over them`,
};
