import type { AnyResultEvent } from "../events/events.js";
import type { Task } from "./task.js";

/** The event that a run of task `T` ends with, narrowed to the task. */
type EventOf<Event extends AnyResultEvent, T extends Task> = Event extends { readonly task: infer Own }
  ? T extends Own
    ? Event & { readonly task: T }
    : never
  : never;

/** Result of a training. Of several tasks, it is a union that the field `task` narrows. */
export type ResultOf<T extends Task = Task> = T extends Task ? EventOf<AnyResultEvent, T> : never;
