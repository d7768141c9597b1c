import { type OwnBaseText, ownBaseTexts } from "../../../core/results/base-facts.js";

/** English sentences on data, settings and reproduction of a run, and on its curves. */
export const detailsEn = {
  parts: (train: string, validation: string, test: string, items: string): string =>
    `${train} ${items} to train, ${validation} to validate, ${test} to test`,
  split: "Split",
  duplicates: "Duplicates",
  /** @param areRows true for rows: the near copies are rows that share a picture or a text, or nearly so */
  duplicateWords: (exact: string, near: string, across: string, areRows: boolean): string =>
    `${areRows ? `${exact} exact copies${near === "0" ? "" : ` and ${near} other rows with an equal or nearly equal picture or text`}` : `${exact} exact and ${near} nearly equal copies`}, ${across === "0" ? "none in another split" : `${across} of them in another split than the original`}`,
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
  teacherOwn: (share: string): string => `, test accuracy ${share}`,
  seedResult: (seed: number, accuracy: string): string => `seed ${seed}: ${accuracy}`,
  againstWithout: (share: string): string => ` against ${share} without`,
  learntFrom: "Distillation",
  bySeed: "By seed",
  trains: "Trainable",
  trainsWords: (some: string, all: string, share: string): string =>
    `${some} of ${all} parameters (${share})`,
  epochs: "Epochs",
  epochsWords: (n: string, best: string, kept?: "last"): string =>
    kept
      ? `${n}; the weights after the last one are kept, as requested`
      : `${n}; the weights ${best === "0" ? "before the first epoch" : `after epoch ${best}`} are kept (best on validation)`,
  earlyStopping: {
    "no improvement": (of: string): string => `; early stopping: no improvement (at most ${of} epochs)`,
    "perfect validation": (of: string): string =>
      `; early stopping: every validation item is right (at most ${of} epochs)`,
  },
  noEpochs: "none: the head is the exact solution of a convex problem",
  rate: "Learning rate",
  rateFound: (rate: string): string => `${rate}, found by the learning-rate finder`,
  average: "Average",
  averageWords: (kind: string, epochs: string, accuracy: string, kept: boolean): string =>
    `${kind} of epochs ${epochs}: ${accuracy} on validation, ${kept ? "kept" : "not kept: the best epoch is better"}`,
  diverged: "Diverged",
  divergedAt: (step: string, rate: string): string => `at step ${step}, learning rate ${rate}`,
  divergedSuggested: (rate: string): string => `; the learning-rate finder suggests ${rate}`,
  validation: "Validation",
  validationWords: (accuracy: string, of: string, loss: string): string =>
    `accuracy ${accuracy} on ${of}, loss ${loss}; used to choose the epoch`,
  time: "Time",
  timeWords: (total: string, features: string, training: string): string =>
    `${total}: features ${features}, training ${training}`,
  groupsTitle: "Groups of trained weights",
  groups: "Trained groups",
  group: "group",
  parameters: "parameters",
  values: "tensors",
  peakRate: "peak learning rate",
  forecastTitle: "Forecast and actual",
  ofTheRun: "quantity",
  forecast: "forecast",
  itTook: "actual",
  ratio: "ratio",
  forecastTime: "time",
  forecastMemory: "peak memory",
  again: "Command",
  seed: "Seed",
  data: "Data",
  machine: "Machine",
  device: "Device",
  deviceTimes: (gpu: string, cpu: string): string =>
    `a training step of a small network takes ${gpu} ms on the GPU, ${cpu} ms on the CPU`,
  versions: "Versions",
  runFolder: "Run folder",
  model: "Model",
  manifest: "All options",
  manifestWords: "every option, hash and number of this run is in",

  // Curves.
  keptEpoch: "Dotted vertical line: the epoch whose weights were kept.",
  bestEpoch: "Dotted vertical line: the best epoch by validation so far.",
  noCurve: (method: string): string => `The model that was kept has no curve: ${method}.`,
  dashedScratch: "Dashed curve: the same network trained from scratch.",
  dashedOthers: "Dashed curves: candidates and repeats, whose models were not kept.",
  sweeps: "Learning-rate finder",
  steps: "Loss, learning rate, throughput and memory by step",
  everyEpoch: "All epochs as a table",
  epochsLabel: "Epochs",
  stage: "stage",
  epoch: "epoch",
  trainLoss: "training loss",
  validationLoss: "validation loss",
  accuracy: "accuracy",
  rateColumn: "learning rate",
  bestSoFar: "★ best on validation so far, in its stage.",
  inTable: "; the same numbers are in the table below",
  chartAlt: (title: string, axis: string): string => `${title} by ${axis}`,
};
