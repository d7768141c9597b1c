/** English notes about parts that a run leaves out, with the reasons. */
import { areRecorded } from "../modalities.js";

/** A run that is running or was stopped. */
export interface UnfinishedRun {
  readonly label: string;
  readonly status: string;
  readonly epochs: number;
}

/** Groups that are too few for splits. */
export interface FewGroups {
  readonly groups: number;
  readonly single: boolean;
  /** Word for a sample. Missing in records of older versions. */
  readonly unit?: string;
}

/** A column of texts that is no input. */
export interface TextColumn {
  /** Words of a text, in the mean. */
  readonly words: number;
  /** Inputs of several kinds with the column; "": there is a text already. Missing: columns alone are inputs. */
  readonly inputs?: string;
}

export const noteEn = {
  // Columns of a table that are not used.
  "column-is-group": "it holds the group of a row",
  "column-ignored": "left out on request",
  "column-empty": "every value is missing",
  "column-constant": "it has one value only",
  "column-is-name": ({ distinct, rows }: { readonly distinct: number; readonly rows: number }): string =>
    `${distinct} different texts in ${rows} rows: a name, not a category`,

  "column-is-text": ({ words, inputs }: TextColumn): string =>
    `texts of about ${words} words: ${
      inputs === undefined
        ? "--text NAME learns from them instead of the other columns"
        : inputs === ""
          ? "one text is an input already, and no other one can be: join both in one column"
          : `--inputs ${inputs} learns from them too`
    }`,
  "column-counts-rows": "it only numbers the rows",
  "column-too-large": ({ value }: { readonly value: string }): string =>
    `${value} is too large for a measurement: a code that a spreadsheet took for a number?`,

  // Weights that come from another model, and those that do not.
  "weight-not-in-other": "the other model has no weight of this name",
  "weight-only-in-other": "only the other model has it",
  "weight-type-differs": ({ type }: { readonly type: string }): string => `it is ${type} there`,
  "weight-shape-differs": ({ there, here }: { readonly there: string; readonly here: string }): string =>
    `its shape there is ${there}, here ${here}`,
  "weight-channels-adapted": ({ from, to }: { readonly from: number; readonly to: number }): string =>
    `${from} input channels adapted to ${to}`,
  "column-only-new": "only the new table has it: starts without influence",
  "column-only-old": "only the old table has it: replaced by its mean",
  "embedding-size-differs": ({ old, now }: { readonly old: number; readonly now: number }): string =>
    `its embedding had ${old} numbers, now ${now}`,
  "first-layer-rows": ({ rows }: { readonly rows: number }): string =>
    rows === 1 ? "1 row of the first layer" : `${rows} rows of the first layer`,
  "embedding-values": ({ same, values }: { readonly same: number; readonly values: number }): string =>
    `${same} of ${values} values by name`,

  // The head that a training from another model starts with.
  "no-class-name-shared": "no class has the name of one of the other model: the linear probe's head",
  "head-of-all-classes": ({ classes }: { readonly classes: number }): string =>
    `the other model's head for all ${classes} classes`,
  "head-solved-on-moved": "solved on the features: the other model's head predicts something else",
  "old-rows-or-probe": (v: {
    readonly kept: "old rows" | "probe";
    readonly known: number;
    readonly classes: number;
    readonly pairs: readonly (readonly [name: string, from: string])[];
    readonly old_loss: number;
    readonly probe_loss: number;
  }): string => {
    const pairs = v.pairs.map(([name, from]) => `${name} from ${from}`);
    return `${v.kept === "probe" ? "the linear probe's head" : "the other model's head"}: validation loss ${v.old_loss.toFixed(3)} with the other model's rows for ${v.known} of ${v.classes} classes (${pairs.join(", ")}${v.known > pairs.length ? ", …" : ""}), ${v.probe_loss.toFixed(3)} with the linear probe's`;
  },

  // Parts of a report that are left out.
  "time-for-report-over": ({ seconds }: { readonly seconds: number }): string =>
    `not computed within the time for it, ${seconds} s`,

  // Why two runs are not compared.
  "run-not-done": "it is not done",
  "other-run-not-done": "the run it would be compared with is not done",
  "other-numbers": "it predicts other numbers",
  "other-classes": "it has other classes",
  "test-samples-unknown": "its model folder does not say which samples it was tested on",
  "test-samples-differ": (v: {
    readonly own: number;
    readonly other: number;
    readonly shared: number;
  }): string =>
    `it was tested on other samples: of its ${v.own} and the other's ${v.other}, ${v.shared} are the same`,
  "test-samples-repeat": "its test split holds copies of one sample, and their order may differ",
  "predictions-not-kept": "it was made by a version that did not keep the prediction of each test sample",

  // What the numbers of several runs do not say.
  "differences-of-models":
    "Differences are of these models: other test samples are covered by their intervals, another training is not. engraft compare trains several seeds of each.",
  "other-test-samples":
    "The runs do not all have the same test samples: scores on other samples differ by chance, too.",
  "other-splits":
    "The runs do not all have the same training and validation splits: their validation scores are on other samples.",
  "other-machines": "The runs were made on different machines: their times and memory cannot be compared.",
  "runs-not-done": ({ runs }: { readonly runs: readonly UnfinishedRun[] }): string =>
    `Not done: ${runs.map(({ label, status, epochs }) => `${label} (${status}, ${epochs} epoch${epochs === 1 ? "" : "s"} so far)`).join(", ")}. None of them was measured on a test split.`,
  "test-scored-times": ({ times }: { readonly times: number }): string =>
    `A test split here has been scored ${times} times: the more runs are compared on it, the more the best of them owes to chance.`,

  // Why a live session or a run has no score, and what limits the score of a session.
  "no-score-one-class": ({ classes }: { readonly classes: number }): string =>
    `no score: it needs two classes, and there is ${classes === 0 ? "none" : "one"}`,
  "no-score-one-group": (v: { readonly class: string; readonly more: number }): string =>
    `no score: class ${JSON.stringify(v.class)}${v.more > 0 ? ` and ${v.more} more have` : " has"} one group only. Record it again, in another place`,
  "no-score-few-samples": (v: { readonly samples: number; readonly needed: number }): string =>
    `no score: it needs ${v.needed} samples, and there are ${v.samples}`,
  "no-score-groups": ({ groups, single, unit = "picture" }: FewGroups): string => {
    const [name, remedy] = areRecorded(unit)
      ? ["recording", "record again, in another place"]
      : ["source", `add ${unit}s of another source`];
    return single
      ? `each class has one group (${name}), so no score can be measured: ${remedy}`
      : `${groups} groups (${name}s) are too few for a training, a validation and a test split, so no score can be measured: ${remedy}`;
  },
  "score-without-groups":
    "there are samples without a group: if some are of one recording, the score is too high",
  "score-near-copies": ({ copies }: { readonly copies: number }): string =>
    `${copies} samples are near copies of others, which stay in one fold`,
  "base-learnt-samples": (v: { readonly learnt: number; readonly samples: number }): string =>
    `the base was trained on ${v.learnt} of the ${v.samples} samples, so the score may be too high`,
  "base-samples-unknown":
    "the base may have been trained on some of the samples, then the score is too high: the run that trained it is not beside its model",

  // How the epoch of an adaptation is chosen.
  "chosen-by-source": "source validation accuracy",
  "chosen-by-source-and-shares":
    "source validation accuracy + information of unlabelled target validation samples and their predictions, at the estimated shares of the classes",
  "chosen-by-source-and-information":
    "source validation accuracy + mutual information of unlabelled target validation samples and their predictions",
};
