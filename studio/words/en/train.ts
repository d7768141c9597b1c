import type { OptionForm } from "../../../src/options/option-checks.js";

/** "5 s", "3 min", "1 h 20 min" */
const time = (seconds: number): string => {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
};

/** Parts of the name of a training. */
export const stageParts = /^(.*?)(?: (\d[\d.e-]*))?( alone)?(?: seed (\d+))?$/;

export const trainWords = {
  ways: {
    quick: { name: "Quick", help: "Learns a new last layer. Usually a few seconds." },
    thorough: {
      name: "Thorough",
      help: "Trains all weights of the base model. This may be more accurate and takes longer.",
    },
    verdict: {
      name: "Was transfer worth it?",
      help: "Also trains without the base model and compares both. This takes the longest.",
    },
  },
  /** Names of strategies; others keep theirs. */
  strategies: { probe: "quick", finetune: "thorough" } as Readonly<Record<string, string>>,
  ownBase: (name: string) => `The base is ${name}, from your file.`,
  usualBase: "Use the usual base",
  withoutBase: "Trains a model on these data.",
  /** The base of a model that writes texts. */
  decoder: {
    title: "Base model",
    help: "A decoder of the Hugging Face hub, such as hf:HuggingFaceTB/SmolLM2-135M-Instruct. Training needs one.",
    thorough: "Trains the base model to write like your data. A large base model gets an adapter.",
  },
  lastTime: (seconds: number) => `Last time it took ${time(seconds)}.`,
  unknownTime: "The expected time appears a few seconds after the start.",
  noSamples: "There are no samples to learn from yet.",
  addSamples: "Add samples",
  starting: "Starting …",
  options: "Options",
  moreOptions: "More options",
  optionsHelp: "The defaults suit most projects.",
  /** Groups of options in the order of the page. */
  groups: {
    ...{ training: "Training", evidence: "Evaluation", data: "Data", base: "Base model" },
    ...{ output: "Output", command: "Others" },
  } as Readonly<Record<string, string>>,
  byDefault: (value: string) => `Default: ${value}`,
  needs: (what: string) => `Has no effect without ${what}.`,
  /** What a field takes. */
  allowed: ({ kind, word, ...limits }: OptionForm) => {
    const values = {
      ...{ whole: "a whole number", number: "a number", seconds: "a time, such as 90s, 10m or 1h30m" },
      ...{ memory: "an amount, such as 4GB", numbers: "one to three numbers, separated by commas" },
    } as Readonly<Record<string, string>>;
    const range = "min" in limits && kind !== "seconds" ? ` from ${limits.min} to ${limits.max}` : "";
    return `Enter ${values[kind] ?? "a text"}${range}${word === undefined ? "" : `, or ${word}`}.`;
  },
  otherOptions:
    "The command engraft train takes further options: other base models, your own files, and options of a strategy.",
  on: "On",
  automatic: "Default",
  reset: "Reset all options",
  phases: {
    download: "Downloading the base model",
    upload: "Uploading",
    scan: "Reading the samples",
    features: "Computing features",
    head: "Fitting the last layer",
    rate: "Choosing the learning rate",
    forms: "Measuring the speed of this computer",
    training: "Training",
    scratch: "Training without the base model",
    evaluation: "Testing",
    insights: "Writing the report",
  } as Readonly<Record<string, string>>,
  progress: (done: string, total: string) => `${done} of ${total}`,
  timeLeft: (seconds: number) => `about ${time(seconds)} left`,
  forecast: (seconds: number) => `Takes about ${time(seconds)} in total.`,
  run: (date: string) => `Run of ${date}`,
  status: {
    running: "Training",
    waiting: "Waiting",
    stopped: "Stopped. Nothing is lost.",
    done: "Done",
    damaged: "Damaged",
  },
  waits: (ahead: number) => `Waits, ${ahead} before it. Trainings run one after the other.`,
  otherSamples: "The samples have changed since this training began.",
  otherSamplesHelp: "Undo the changes and resume it, or start a new training.",
  failed: "The training stopped with an error. Your samples and the last saved state are kept.",
  resume: "Resume",
  moreMinutes: "Train ten minutes more",
  bestKept: "The run keeps the epoch with the best validation loss, even if it is an earlier one.",
  seeResult: "See the result",
  allRuns: "All runs",
  epoch: "Epoch",
  epochs: "All epochs",
  stage: "Training",
  /** Name of a training in the record of a run: "finetune", "scratch 0.001 seed 1", "linear alone". */
  stageName: (stage: string) => {
    const [, part = "", rate, alone, seed] = stageParts.exec(stage) ?? [];
    const names = {
      ...{
        finetune: "All weights",
        scratch: "Without the base model",
        head: "Last layer",
        probe: "Last layer",
      },
      ...{ distill: "With the teacher", "without teacher": "Without the teacher", together: "All tasks" },
    } as Readonly<Record<string, string>>;
    const words = [names[part] ?? part, rate && `learning rate ${rate}`, alone && "alone"];
    return [...words, seed && `seed ${seed}`].filter(Boolean).join(", ");
  },
  trainLoss: "Training loss",
  validationLoss: "Validation loss",
  seconds: "Seconds",
  best: "best",
  curve: (first: string, last: string, epochs: number) =>
    `Validation loss over ${epochs} ${epochs === 1 ? "epoch" : "epochs"}: from ${first} to ${last}. Lower is better.`,
  noneKept: "The model is from none of these epochs. None was clearly better on the validation split.",
  warnings: "Notes",
  oneThread:
    "This training uses only one processor core. Reload the page before the next training: it may then be faster.",
};
