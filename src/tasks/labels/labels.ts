import type { LabelsResultEvent } from "../../core/events/events.js";
import type { LabelScores } from "../../core/results/labels.js";
import { columnNames } from "../../data/tables/table-columns.js";
import { type LabelFields, labelTargets } from "../../data/targets.js";
import type { SamplesOf } from "../inputs/input.js";
import type { Target } from "../targets/target.js";
import type { LabelAnswer, LabelsKnown } from "./label-model.js";

const namesOf = ({ labels }: LabelFields, { classes }: SamplesOf<LabelFields>): readonly string[] =>
  labels.map((label) => classes[label]!);

/** Any number of labels for each sample. */
export const labels: Target<LabelFields, LabelsResultEvent, LabelsKnown, LabelAnswer, LabelScores> = {
  head: "labels",
  source: ({ labels: named, known }) =>
    labelTargets({ known, named: named === undefined ? undefined : columnNames("labels", named) }),
  names: ({ classes }) => classes,
  text: (item, data) => namesOf(item, data).join(", "),
  labels: namesOf,
  training: async () => (await import("./labels-training.js")).labelsTraining,
  model: async () => (await import("./label-model.js")).labelsModel,
};
