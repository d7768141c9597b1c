import { type OwnBaseText, ownBaseTexts } from "../../../core/results/base-facts.js";

/** English sentences of how a result came about, and of the curves. */
export const detailsEn = {
  title: "What was done",
  items: { picture: "Pictures", text: "Texts" },
  parts: (train: string, validation: string, test: string, classes: string): string =>
    `${train} to train, ${validation} to validate, ${test} to test · ${classes}`,
  split: "Split",
  duplicates: "Duplicates",
  duplicateWords: (exact: string, near: string, across: string): string =>
    `${exact} exact, ${near} near, kept on one side; ${across} across given parts`,
  base: "Base",
  /** Names and licences of bases. */
  baseTexts: Object.fromEntries(ownBaseTexts.map((text) => [text, text])) as Readonly<
    Record<OwnBaseText, string>
  >,
  licence: "licence",
  cut: "Cut",
  features: (n: string): string => `: ${n} features, input`,
  strategy: "Strategy",
  teacher: "Teacher",
  teacherOwn: (share: string): string => `, ${share} of the test part right itself`,
  seedResult: (seed: number, accuracy: string): string => `seed ${seed}: ${accuracy}`,
  againstWithout: (share: string): string => ` against ${share} without`,
  againstScratch: (share: string): string => ` against ${share} from scratch`,
  learntFrom: "Learnt from it",
  bySeed: "By seed",
  mean: (mean: string, range: string | undefined): string =>
    `${mean} on average${range === undefined ? "" : `, 95 % interval of the mean ${range}`}`,
  fromScratchMean: (words: string): string => `from scratch ${words}`,
  trains: "Trains",
  trainsWords: (some: string, all: string, share: string): string =>
    `${some} of ${all} parameters (${share})`,
  epochs: "Epochs",
  epochsWords: (n: string, best: string, kept?: "last"): string =>
    kept ? `${n}, the last one is kept, as asked` : `${n}, the best on validation is number ${best}`,
  earlyStopping: {
    "no improvement": (of: string): string => `; early stopping: no improvement (at most ${of} epochs)`,
    "perfect validation": (of: string): string =>
      `; early stopping: every validation item is right (at most ${of} epochs)`,
  },
  noEpochs: "none: the head is the exact solution of a convex problem",
  rate: "Rate",
  rateFound: (rate: string): string => `${rate}, suggested by the rate finder`,
  average: "Average",
  averageWords: (kind: string, epochs: string, accuracy: string, kept: boolean): string =>
    `${kind} of epochs ${epochs}: ${accuracy} on validation, ${kept ? "kept" : "not kept: the best epoch is better"}`,
  diverged: "Diverged",
  divergedAt: (step: string, rate: string): string => `at step ${step}, rate ${rate}`,
  divergedSuggested: (rate: string): string => `; the rate finder suggests ${rate}`,
  validation: "Validation",
  validationWords: (accuracy: string, of: string, loss: string): string =>
    `${accuracy} of ${of}, loss ${loss}: what was chosen by`,
  time: "Time",
  timeWords: (total: string, features: string, training: string): string =>
    `${total}: features ${features}, training ${training}`,
  groupsTitle: "What trained, and how fast",
  groups: "Trained groups",
  group: "group",
  parameters: "parameters",
  values: "values",
  peakRate: "peak rate",
  forecastTitle: "Forecast and what it took",
  ofTheRun: "of the run",
  forecast: "forecast",
  itTook: "it took",
  ratio: "ratio",
  forecastTime: "time",
  forecastMemory: "peak memory",
  again: "To do it again",
  seed: "Seed",
  data: "Data",
  machine: "Machine",
  versions: "Versions",
  runFolder: "Run folder",
  model: "Model",
  manifest: "Manifest",
  manifestWords: "every option, fingerprint and number of this run is in",

  // Curves.
  curves: "Curves",
  curvesNote:
    "The dotted line marks the epoch whose weights were kept. Dashed: the same network from scratch, on its own epochs.",
  steps: "Step by step",
  everyEpoch: "Every epoch as a table",
  epochsLabel: "Epochs",
  stage: "stage",
  epoch: "epoch",
  trainLoss: "train loss",
  validationLoss: "validation loss",
  accuracy: "accuracy",
  rateColumn: "rate",
  bestSoFar: "★ the best so far on validation, in its stage.",
  inTable: "; the same numbers are in the table below",
  chartAlt: (title: string, axis: string): string => `${title} by ${axis}`,
};
