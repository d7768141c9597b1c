/** A property that an option or a strategy needs, and that a task has or lacks. */
export interface CapabilityRow {
  /** Ends the sentence that refuses: `the option tta is for pictures, and this is …`. */
  readonly says: string;
  /** What to do instead. Default: leave the option out, or choose another task. */
  readonly cure?: string;
}

const classes = "is for classification with one class per sample";

/** Every capability. A task lists those that it has, an option or a strategy those that it needs. */
export const capabilities = {
  images: { says: "is for pictures" },
  texts: { says: "is for texts" },
  /** Texts, or pairs of texts, in columns of a list. */
  "text columns": { says: "is for texts" },
  sounds: { says: "is for sounds" },
  tables: { says: "is for tables" },
  "several inputs": {
    says: "is for rows with inputs of several kinds",
    cure: "leave --task out, or give the task multimodal-classification or multimodal-regression",
  },
  /** Models that are solved on the columns of rows. */
  "column models": { says: "is for tables" },
  /** A pretrained base model. */
  base: { says: "is for tasks with a base model" },
  /** Features of several strides, for each place of a picture. */
  levels: { says: "is for boxes and masks" },
  boxes: { says: "is for boxes" },
  /** Trained weights to start from: those of a base, or of another table. */
  pretrained: {
    says: "needs a trained model to start from",
    cure: "give --init-from MODEL, the model of another run of this task; without one all weights are random, by --strategy full",
  },
  /** A choice among strategies by the run. */
  "choice of strategy": { says: "is for tasks with a base model, and for tables" },
  /** One row of features per sample, not one per word. */
  "feature row": { says: "is for tasks with one row of features per sample" },
  /** A head that may have a hidden layer. */
  "hidden layer": { says: "is for classes, labels and numbers of pictures, texts and sounds" },
  /** A head that is solved from sums over features. */
  "feature sums": { says: "is for classes and numbers of pictures, texts and sounds" },
  classes: { says: classes },
  /** A softmax over classes: one class per sample, or one tag per word. */
  softmax: { says: "is for classification with one class per sample or word" },
  "token n-grams": { says: "is for texts with one class each, or several labels" },
  labels: { says: "is for samples with several labels" },
  numbers: { says: "is for regression" },
  transcripts: { says: "is for speech recognition" },
  chats: { says: "is for text generation" },
  /** A head that is solved on frozen features, without training steps. */
  "solved head": {
    says: "needs a head that is solved without training steps",
    cure: "use --strategy finetune, which trains all weights, or last-n, which trains the last layers",
  },
  /** Classes, labels or tags, which a list may hold as numbers. */
  "class names": { says: "is for classes, labels and tags" },
  /** A column of the data that the user may name. */
  target: { says: "is for classes, numbers and transcripts" },
  /** Data in a list with named columns. */
  lists: { says: "is for lists in CSV or TSV with a header" },
  /** A test split that is scored with several views of each image. */
  views: { says: "is for classes, labels and numbers of pictures" },
  augmentation: { says: "is for pictures and sounds, and texts with classes or labels" },
  /** Batches that are drawn or blended by class. */
  "class batches": { says: "is for classification of pictures, texts and sounds" },
  /** Classes of pictures or texts, for commands that open no sounds. */
  "image or text classes": { says: "is for classification of pictures and texts" },
  /** The base's own classifier, with one class per sample. */
  "base classifier": { says: "is for classification of pictures and texts" },
  /** A head with a row for each class, label or tag, of which some may be another model's. */
  "reused head": { says: "is for classes, labels and tags of pictures and texts" },
  "initial weights": { says: "is for runs that start from a model" },
  adapters: { says: "is for tasks with a base model" },
  "adapter files": { says: "is for pictures with classes or numbers" },
  /** Probabilities that validation calibrates. */
  calibration: { says: classes },
  /** Prediction sets, or prediction intervals. */
  coverage: { says: "is for classification with one class per sample, and for regression" },
  budget: { says: "is for runs of one task with inputs of one kind" },
  repeats: { says: "is for runs of one task" },
  folds: { says: "is for classes, labels and numbers of samples with one input" },
  verdict: { says: "is for runs of one task" },
  scratch: { says: "is for tasks that train from scratch to compare" },
  /** Runs of one task with inputs of one kind, whose test metric also chooses the epoch. */
  safe: {
    says: "needs one task with inputs of one kind, whose metric also chooses the epoch",
    cure: "leave it out: the epoch of the best validation score is kept; --baselines also trains from scratch, to compare",
  },
  explanations: { says: "is for runs of one task" },
  /** One dataset with one split. */
  dataset: { says: "is for one dataset" },
  /** A choice of task. */
  task: { says: "is for train" },
  /** Training by gradient steps: every strategy but a probe. */
  steps: { says: "is for strategies that train by gradients" },
} as const satisfies Readonly<Record<string, CapabilityRow>>;

export type Capability = keyof typeof capabilities;

/** Returns the first required capability that is missing. */
export function missingCapability(
  needs: readonly Capability[],
  has: ReadonlySet<Capability>,
): Capability | undefined {
  return needs.find((one) => !has.has(one));
}
