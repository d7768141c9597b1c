import type { AnyResultEvent } from "../../core/events.js";
import type { Task } from "../../core/task.js";
import type { Machine } from "../machine.js";
import type { TrainOptions } from "../options.js";
import type { RunFolder } from "../run-folder.js";

/** How the runs of a task are carried out. */
export type CarryOut = (machine: Machine, run: RunFolder, options: TrainOptions) => Promise<AnyResultEvent>;

const numbers: CarryOut = async (...of) => (await import("./carry-out-task.js")).carryOutTask(...of);

/** Of every task but classes of pictures, which alone a browser knows; each loaded when it is begun. */
const ways: Readonly<Record<Exclude<Task, "image-classification">, CarryOut>> = {
  "text-classification": async (...of) => (await import("../texts/carry-out-texts.js")).carryOutTexts(...of),
  "token-classification": async (...of) =>
    (await import("../entities/carry-out-entities.js")).carryOutEntities(...of),
  "multi-label-classification": async (...of) =>
    (await import("../labels/carry-out-labels.js")).carryOutLabels(...of),
  "image-regression": numbers,
  "tabular-classification": numbers,
  "tabular-regression": numbers,
};

/** @param of what was found or asked for, in full */
export const carryOutOf = (of: NonNullable<TrainOptions["task"]>): CarryOut => ways[of as keyof typeof ways];
