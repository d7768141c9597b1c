// English sentences of a diagnosis.
import { counted } from "../core/messages/counted.js";
import { wordsInComparison } from "../core/messages/metric-en.js";
import { areAlike } from "../core/results/counts.js";
import {
  type DiagnosedGroup,
  type DiagnosisNote,
  type DiagnosisResult,
  type DiagnosisSentence,
  type FreshLayers,
  farClasses,
  type GroupSentence,
  groupsThatHelp,
  groupsThatHurt,
  harmfulClasses,
  type SourceDiagnosis,
  type SourceSentence,
  type VariantSentence,
  variantSentence,
  type WorthOfLayers,
  type WorthSentence,
  worthSentence,
} from "../core/results/diagnosis.js";
import { fewestSeeds } from "../statistics/index.js";
import { machinesNote, pWords } from "./compared-words.js";

const { amount, signed } = wordsInComparison("accuracy");

/** "the last 2 of 4 groups fresh" */
export const labelOf = (variant: FreshLayers, of: number): string =>
  variantRows[variantSentence(variant, of)](variant.groups, of);

const variantRows: Readonly<Record<VariantSentence, (groups: number, of: number) => string>> = {
  "all kept": () => "all kept",
  "all fresh": () => "all fresh",
  "last fresh": (groups, of) => `the last ${groups} of ${of} groups fresh`,
  "first fresh": (groups, of) => `the first ${groups} of ${of} groups fresh`,
};

/** "+3.1 points (+0.4 to +5.8, p 0.021)" */
export const intervalWords = (worth: WorthOfLayers): string =>
  `${signed(worth.gain)} points (${between(worth)})`;

const between = (worth: WorthOfLayers): string => worthRows[worthSentence(worth)](worth);
const range = ({ ci95 }: WorthOfLayers): string => `${signed(ci95![0])} to ${signed(ci95![1])}`;

const worthRows: Readonly<Record<WorthSentence, (worth: WorthOfLayers) => string>> = {
  "few groups": () => "too few groups for an interval",
  identical: () => "right on the same items",
  range,
  "not shown": (worth) => `${range(worth)}, not shown`,
  shown: (worth) => `${range(worth)}, ${pWords(worth.p_adjusted)}`,
};

/** Describes a group. @param of number of groups */
export function groupWords(group: Omit<DiagnosedGroup, "words">, of: number): string {
  const { group: number, from_output: output, from_input: input, sentence } = group;
  const place = number === 1 ? ", next to the input," : number === of ? ", next to the head," : "";
  return `Group ${number} of ${of}${place} ${groupRows[sentence](output.beside ?? input.beside)}: kept against fresh ${intervalWords(output)} with what is behind it fresh, ${intervalWords(input)} with what is before it fresh.`;
}

const groupRows: Readonly<Record<GroupSentence, (beside: number | undefined) => string>> = {
  helps: () => "helps",
  hurts: () => "hurts",
  "helps and hurts": () => "helps on one side and hurts on the other",
  "helps, hurts beside": (beside) => `helps, and hurts only beside group ${beside}, which hurts more`,
  "hurts beside": (beside) => `hurts only beside group ${beside}, which hurts more`,
  "no difference": () => "makes no difference",
  undecided: () => "is undecided",
};

/** What the sentences of a diagnosis read. */
export interface DiagnosisFacts extends Pick<DiagnosisResult, "groups" | "all"> {
  readonly split: { readonly validation: number };
}

/** Says whether the base's weights help, and which layers do. */
export const diagnosisWords = (sentences: readonly DiagnosisSentence[], facts: DiagnosisFacts): string =>
  sentences.map((sentence) => rows[sentence](facts)).join(" ");

/** The interval of a gain that the sentence has said. */
const told = (all: WorthOfLayers): string =>
  all.ci95 ? `95 % interval ${between(all)}` : intervalWords(all);

const rows: Readonly<Record<DiagnosisSentence, (facts: DiagnosisFacts) => string>> = {
  "few samples": ({ split }) => `With only ${split.validation} validation items next to nothing can be told.`,
  "all help": ({ all }) =>
    `All of the base's weights together help: ${amount(all.gain)} more right than with fresh ones (${told(all)}).`,
  "all hurt": ({ all }) =>
    `All of the base's weights together hurt: ${amount(-all.gain)} fewer right than with fresh ones (${told(all)}).`,
  "all make no difference": ({ all }) =>
    `All of the base's weights together make no difference that matters (${intervalWords(all)}).`,
  "all undecided": ({ all }) =>
    `Whether all of the base's weights together help is undecided (${intervalWords(all)}).`,
  "groups that help": ({ groups }) => `Layers that help: group ${groupsThatHelp(groups).join(", ")}.`,
  "groups that hurt": ({ groups }) => `Layers that hurt: group ${groupsThatHurt(groups).join(", ")}.`,
  "no single group": () => "No single group could be told from chance.",
};

/** Recommends what to do with a source. */
export const sourceWords = (source: Omit<SourceDiagnosis, "words">): string =>
  source.sentences.map((sentence) => sourceRows[sentence](source)).join(" ");

const list = (all: readonly string[]): string =>
  all.length > 8 ? `${all.slice(0, 8).join(", ")} and ${all.length - 8} more` : all.join(", ");

const sourceRows: Readonly<Record<SourceSentence, (source: Omit<SourceDiagnosis, "words">) => string>> = {
  weighted: ({ n, effective }) =>
    `Weighted by how near they are to your data, the source's ${n} examples are worth ${Math.round(effective)}.`,
  "classes that hurt": ({ classes }) =>
    `The examples of ${list(harmfulClasses(classes))} hurt: leave them out.`,
  "none hurts": () => "No class's examples were shown to hurt.",
  "no shared class": () =>
    "The source has none of your classes, so whether its examples hurt could not be tried: only how near they are is told.",
  "far classes": ({ classes }) => `Far from your data: ${list(farClasses(classes))}.`,
};

/** What the notes of a diagnosis read. */
type NoteFacts = Pick<DiagnosisResult, "seeds" | "split" | "epochs" | "unit" | "runs">;

/** Below this number of validation samples, one sample changes a gain by more than two points. */
const fewToJudge = 50;

/** Returns the caveats by their codes. */
export const diagnosisNotes = ({ seeds, split, runs }: NoteFacts): DiagnosisNote[] => [
  "brief",
  "judged by the same",
  ...(split.validation < fewToJudge ? (["few to judge by"] as const) : []),
  ...(seeds.length < fewestSeeds ? (["few seeds"] as const) : []),
  ...(areAlike(runs) ? [] : (["machines"] as const)),
];

/** Returns the caveats in English. */
export const diagnosisNoteWords = (codes: readonly DiagnosisNote[], facts: NoteFacts): string[] =>
  codes.map((code) => noteRows[code](facts));

const noteRows: Readonly<Record<DiagnosisNote, (facts: NoteFacts) => string>> = {
  brief: ({ epochs }) =>
    `Trainings are brief (${counted(epochs, "epoch")} each): fresh layers catch up in longer ones, so what helps here may help less there.`,
  "judged by the same": ({ split, unit }) =>
    `Each keeps its best epoch by the same ${split.validation} validation ${unit} that it is judged on: levels flatter, differences less.`,
  "few to judge by": ({ split, unit }) =>
    `${split.validation} validation ${unit} are few: only large effects can be told from chance.`,
  "few seeds": ({ seeds }) =>
    `${seeds.length === 1 ? "One seed" : `${seeds.length} seeds`}: another training could differ, so nothing is decided. ${fewestSeeds} seeds or more decide.`,
  machines: ({ runs }) => machinesNote(runs),
};
