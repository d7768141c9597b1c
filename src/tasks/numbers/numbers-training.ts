import type { RegressionResultEvent } from "../../core/events/events.js";
import type { TargetItem } from "../../data/index.js";
import type { NumberFields } from "../../data/targets.js";
import { trainTask } from "../../run/train-task.js";
import type { ComposedData, TargetTraining } from "../targets/target.js";
import { numbersHead, numbersTask, targetsOf } from "./numbers-task.js";

const dataOf = ({ targets = [], ...data }: ComposedData<NumberFields>) => ({ ...data, targets });

/** Training of numbers from samples of one modality. */
export const numbersTraining: TargetTraining<NumberFields, RegressionResultEvent> = {
  head: (data, options) => numbersHead(dataOf(data), options),
  mix(data) {
    const targets = targetsOf(dataOf(data));
    return { of: "numbers", targets: (items: readonly TargetItem[]) => targets.scaled(items) };
  },
  train:
    (data, { task }) =>
    (context, ...run) =>
      trainTask(
        context,
        {
          ...numbersTask(dataOf(data), task, { added: context.besides?.sums, input: data.input }),
          foldsOfProbe: true,
        },
        ...run,
      ),
};
