import type { LabelUnit } from "../../core/results/labels.js";
import type { BaseClassification } from "../../core/results/task.js";
import type { Dataset } from "../../data/index.js";
import type { Source } from "../../data/source.js";
import { openFrom } from "../open-from.js";
import type { OpenHow, TaskRun } from "../task-run.js";

/** How the data of a task are opened. Each kind of samples is loaded on demand. */
interface ClassData {
  readonly unit: LabelUnit;
  readonly run: () => Promise<Pick<TaskRun<Dataset, never, unknown>, "open">>;
}

const rows: Readonly<Record<BaseClassification, ClassData>> = {
  "audio-classification": {
    unit: "clips",
    run: async () => ({ open: (await import("../sounds/open-sounds.js")).openClips }),
  },
  "image-classification": {
    unit: "pictures",
    run: async () => (await import("../classes/image-run.js")).imageRun(undefined),
  },
  "text-classification": {
    unit: "texts",
    run: async () => ({ open: (await import("../texts/open-texts.js")).openTextDataset }),
  },
};

/** Returns the name of the samples of a task. */
export const unitOfClasses = (task: BaseClassification): LabelUnit => rows[task].unit;

/** Opens samples with classes, of any kind that has a base, and reports them. @throws DataError for unusable data */
export const openClassData = async (
  task: BaseClassification,
  given: string | Source,
  how: OpenHow,
): Promise<Dataset> => openFrom(await rows[task].run(), given, how);
