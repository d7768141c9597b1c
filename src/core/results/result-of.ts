import type {
  AnyResultEvent,
  EntitiesResultEvent,
  LabelsResultEvent,
  RegressionResultEvent,
  TableResultEvent,
  TrainResultEvent,
} from "../events/events.js";
import type { Head, Task, TaskWith } from "./task.js";

/** Result of a training, by task. A task without a result does not compile. */
export interface ResultByTask {
  readonly "image-classification": TrainResultEvent;
  readonly "image-regression": RegressionResultEvent;
  readonly "multi-label-classification": LabelsResultEvent;
  readonly "tabular-classification": TableResultEvent;
  readonly "tabular-regression": RegressionResultEvent;
  readonly "text-classification": TrainResultEvent;
  readonly "token-classification": EntitiesResultEvent;
}

/** Result of a training. Of several tasks, it is a union that the field `task` narrows. */
export type ResultOf<T extends Task = Task> = T extends Task ? ResultByTask[T] & { readonly task: T } : never;

/** Result of a training, by head. */
export type ResultWithHead<H extends Head> = Extract<
  AnyResultEvent,
  { readonly task: TaskWith<{ readonly head: H }> }
>;
