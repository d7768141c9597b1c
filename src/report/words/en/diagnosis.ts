/** English sentences of the page of a diagnosis. */
import type {
  DiagnosedGroup,
  DiagnosedVariant,
  DiagnosisResult,
  SourceDiagnosis,
  WorthOfLayers,
} from "../../../core/results/diagnosis.js";
import { count, decimal } from "../../charts/numbers.js";
import { html } from "../../html.js";

type Unit = DiagnosisResult["unit"];

export const diagnosisEn = {
  kind: "layers diagnosed",
  footer:
    "Every training has the same split, recipe and head; only which groups begin with fresh weights differs. Differences are paired by seed and validation item, their p corrected (Holm) for all comparisons of the page. The test part was not looked at.",
  groups: (n: number): string => `${count(n, "group")} of layers`,
  seeds: (n: number): string => count(n, "seed"),
  parts: (train: string, validation: string, unit: Unit): string =>
    `${train} ${unit} to train, ${validation} to judge by`,
  worthTitle: html`What the base's weights are worth`,
  /** What a result says in its own, English words; other languages say it from its numbers. */
  words: ({ words }: DiagnosisResult): string => words,
  notes: ({ notes }: DiagnosisResult): readonly string[] => notes,
  groupWords: ({ words }: DiagnosedGroup, _of: number): string => words,
  variant: ({ label }: DiagnosedVariant, _of: number): string => label,
  sourceWords: ({ words }: SourceDiagnosis): string => words,
  findings: {
    helps: "helps",
    hurts: "hurts",
    "no difference": "no difference",
    undecided: "undecided",
  } satisfies Record<WorthOfLayers["finding"], string>,
  notesLabel: "Notes",
  notesTitle: "What these numbers do not say",

  byGroup: "Group by group, from the input on",
  chartNote: (unit: Unit): string =>
    `Points of accuracy that keeping the weights of a group brings, against fresh ones; lines: 95 % intervals over seeds and validation ${unit}. Upper dot: with everything behind the group fresh; lower dot: with everything before it fresh. Green helps, red hurts, grey cannot be told.`,
  chartAlt: "What the weights of each group are worth, with intervals; the same numbers are in the table",
  groupNumber: (n: number): string => `group ${n}`,

  table: "The table",
  tableLabel: "Groups",
  group: "group",
  weights: "first and last weight",
  numbers: "numbers",
  behind: "what is behind fresh",
  before: "what is before fresh",
  all: "all",
  worth: (low: string, high: string, p: string, finding: string): string =>
    `${low} to ${high}, ${p}${p ? ", " : ""}${finding}`,
  /** Holm's p; 1.000 would say nothing. */
  p: (p: number | null): string =>
    p === null || p >= 0.05 ? "" : p < 0.001 ? "p below 0.001" : `p ${decimal(p)}`,
  alike: "right on the same items",

  trainings: "The trainings",
  trainingsLabel: "Trainings",
  beginsWith: "begins with",
  accuracyOn: (unit: Unit): string => `accuracy on validation ${unit}`,

  source: "Classes of the source",
  examples: (n: string, effective: string): string =>
    `: ${n} examples, worth ${effective} when weighted. Weight: how much denser the data are than the source at its examples, 1 on average.`,
  class: "class",
  exampleCount: "examples",
  weight: "weight",
  toProbe: "worth to a probe",

  how: "How",
  recipe: "Recipe",
  time: "Time",
  timeWords: (took: string, forecast: string): string => `${took}; forecast ${forecast}`,
  base: "Base",
  folder: "Folder",
};
