import { taskOfModel } from "../../bases/model-folder/model-folder.js";
import { hasTokenizer } from "../../bases/model-folder/token-folder.js";
import type { ModelTask } from "../../core/results/task.js";
import type { Platform } from "../../platform/platform.js";

/** What a model explains: pictures, texts, rows of a table, or words of a text. */
export type Samples = "pictures" | "texts" | "rows" | "words";

/** Returns the task of a model folder, and its samples. @throws ModelError for a folder without a model */
export async function samplesOf(
  platform: Platform,
  model: string,
): Promise<{ readonly task: ModelTask; readonly samples: Samples }> {
  const task = await taskOfModel(platform, model);
  return { task, samples: await kindOf(task, platform, model) };
}

async function kindOf(task: ModelTask, platform: Platform, model: string): Promise<Samples> {
  switch (task) {
    case "multi-label-classification":
      return (await hasTokenizer(platform, model)) ? "texts" : "pictures";
    case "tabular-classification":
    case "tabular-regression":
      return "rows";
    case "text-classification":
      return "texts";
    case "token-classification":
      return "words";
    case "image-classification":
    case "image-regression":
      return "pictures";
  }
}
