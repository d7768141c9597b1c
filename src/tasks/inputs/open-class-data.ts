import type { TrainResultEvent } from "../../core/events/events.js";
import { type BaseModality, modalities, type SampleWords } from "../../core/modalities.js";
import { type BaseClassification, factsOf } from "../../core/results/task.js";
import type { Dataset } from "../../data/index.js";
import type { Source } from "../../data/source.js";
import { openFrom } from "../open-from.js";
import type { OpenedWith, OpenHow, TaskRun } from "../task-run.js";

/** Word for samples with classes and a base. */
export type ClassUnit = SampleWords<BaseModality>["many"];

/** Runs of a task with one class for each sample and a base. */
type ClassRun = TaskRun<Dataset, OpenedWith, TrainResultEvent>;

/** Runs of a task. Each kind of samples is loaded on demand, and knows more of its own samples than a dataset says. */
const runs: Readonly<Record<BaseClassification, () => Promise<unknown>>> = {
  "audio-classification": async () => (await import("../sounds/sound-run.js")).soundRun,
  "image-classification": async () => (await import("../classes/image-run.js")).imageRun(undefined),
  "text-classification": async () => (await import("../texts/text-run.js")).textRun,
};

/** Returns the word for the samples of a task. */
export const unitOfClasses = (task: BaseClassification): ClassUnit => modalities[factsOf(task).input].many;

/** Returns the runs of a task. */
export const classRunOf = async (task: BaseClassification): Promise<ClassRun> =>
  (await runs[task]()) as ClassRun;

/** Opens samples with classes, of any kind that has a base, and reports them. @throws DataError for unusable data */
export const openClassData = async (
  task: BaseClassification,
  given: string | Source,
  how: OpenHow,
): Promise<Dataset> => openFrom(await classRunOf(task), given, how);
