/** English sentences of the report of a diagnosis. */
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
  kind: "diagnosis of layers",
  footer:
    "All trainings have the same split, recipe and head. They differ only in the groups of layers that start from random weights. Differences are paired by seed and validation sample; p is corrected (Holm) for all comparisons of the page. The test split was not used.",
  groups: (n: number): string => `${count(n, "group")} of layers`,
  seeds: (n: number): string => count(n, "seed"),
  parts: (train: string, validation: string, unit: Unit): string =>
    `${train} ${unit} to train, ${validation} to validate`,
  worthTitle: html`Value of the pretrained weights`,
  /** The English text is part of the result; other languages write it from its numbers. */
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
  notesTitle: "Limits of these numbers",

  byGroup: "Group by group, from the input on",
  chartNote: (unit: Unit): string =>
    `Gain in accuracy (points) from the pretrained weights of a group over random ones. Lines: 95 % confidence intervals over seeds and validation ${unit}. Upper dot: all later groups are random. Lower dot: all earlier groups are random. Green: helps; red: hurts; grey: not decided.`,
  chartAlt: "Gain from the weights of each group, with intervals; the same numbers are in the table",
  groupNumber: (n: number): string => `group ${n}`,

  table: "Gain by group",
  tableLabel: "Groups",
  group: "group",
  weights: "first and last weight",
  numbers: "parameters",
  behind: "later groups random",
  before: "earlier groups random",
  all: "all",
  worth: (low: string, high: string, p: string, finding: string): string =>
    `${low} to ${high}, ${p}${p ? ", " : ""}${finding}`,
  /** p after Holm's correction; only significant values are shown. */
  p: (p: number | null): string =>
    p === null || p >= 0.05 ? "" : p < 0.001 ? "p below 0.001" : `p ${decimal(p)}`,
  alike: "right on the same samples",

  trainings: "All trainings",
  trainingsLabel: "Trainings",
  beginsWith: "starts from",
  accuracyOn: (unit: Unit): string => `accuracy on validation ${unit}`,

  source: "Classes of the source",
  examples: (n: string, effective: string): string =>
    `: ${n} samples, which count as ${effective} when weighted. Weight: density of your data divided by density of the source at these samples, 1 on average.`,
  class: "class",
  exampleCount: "samples",
  weight: "weight",
  toProbe: "gain for a linear probe",

  how: "Settings",
  recipe: "Recipe",
  time: "Time",
  timeWords: (took: string, forecast: string): string => `${took}; forecast ${forecast}`,
  base: "Base",
  folder: "Folder",
};
