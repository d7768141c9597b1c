import type { TrainResultEvent } from "../../core/events/events.js";
import type { BaseClassification } from "../../core/results/task.js";
import type { Dataset } from "../../data/index.js";
import type { Source } from "../../data/source.js";
import { openFrom } from "../open-from.js";
import type { OpenedWith, OpenHow, TaskRun } from "../task-run.js";
import type { openInputs } from "./open-inputs.js";

/** Name of samples with classes and a base. */
export type ClassUnit = Parameters<typeof openInputs>[0];

/** Runs of a task with one class for each sample and a base. */
type ClassRun = TaskRun<Dataset, OpenedWith, TrainResultEvent>;

/** Runs of a task. Each kind of samples is loaded on demand, and knows more of its own samples than a dataset says. */
interface ClassData {
  readonly unit: ClassUnit;
  readonly run: () => Promise<unknown>;
}

const rows: Readonly<Record<BaseClassification, ClassData>> = {
  "audio-classification": {
    unit: "clips",
    run: async () => (await import("../sounds/sound-run.js")).soundRun,
  },
  "image-classification": {
    unit: "pictures",
    run: async () => (await import("../classes/image-run.js")).imageRun(undefined),
  },
  "text-classification": { unit: "texts", run: async () => (await import("../texts/text-run.js")).textRun },
};

/** Returns the name of the samples of a task. */
export const unitOfClasses = (task: BaseClassification): ClassUnit => rows[task].unit;

/** Returns the runs of a task. */
export const classRunOf = async (task: BaseClassification): Promise<ClassRun> =>
  (await rows[task].run()) as ClassRun;

/** Opens samples with classes, of any kind that has a base, and reports them. @throws DataError for unusable data */
export const openClassData = async (
  task: BaseClassification,
  given: string | Source,
  how: OpenHow,
): Promise<Dataset> => openFrom(await classRunOf(task), given, how);
