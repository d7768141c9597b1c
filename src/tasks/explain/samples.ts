import { modalityOfFolder } from "../../bases/model-folder/modality-of-folder.js";
import { taskOfModel } from "../../bases/model-folder/model-folder.js";
import { modalities, type SampleWords } from "../../core/modalities.js";
import { factsOf, isCustomTask, type ModelTask } from "../../core/results/task.js";
import type { Platform } from "../../platform/platform.js";

/** Kind of samples that a model explains: prompts of a decoder; "own" for a task that is defined outside of the product. */
export type Samples = SampleWords["many"] | "words" | "prompts" | "own";

/** Returns the task of a model folder, and its samples. @throws ModelError for a folder without a model */
export async function samplesOf(
  platform: Platform,
  model: string,
): Promise<{ readonly task: ModelTask; readonly samples: Samples }> {
  const task = await taskOfModel(platform, model);
  return { task, samples: await kindOf(task, platform, model) };
}

async function kindOf(task: ModelTask, platform: Platform, model: string): Promise<Samples> {
  if (isCustomTask(task)) return "own";
  const { input, head } = factsOf(task);
  if (head === "tags") return "words";
  if (head === "sequence") return "prompts";
  return modalities[input === "either" ? await modalityOfFolder(platform, model) : input].many;
}
