import { EngraftError } from "../core/errors.js";
import type { RunFolder } from "../run/folder/run-folder.js";

/** Refuses a run that another command resumes. @throws RunError */
export function refuseOthers({ path, manifest: { task, multi_task } }: RunFolder): void {
  const [what, command] =
    task === "adapt"
      ? ["is an adaptation, not a training", "adapt"]
      : task === "pretrain"
        ? ["is a pretraining on texts, not a training", "pretrain"]
        : multi_task
          ? [`trains ${multi_task.sources.length} tasks together`, "multi-task"]
          : [];
  if (command)
    throw new EngraftError("RunError", `the run "${path}" ${what}`, {
      help: `engraft ${command} --resume ${path}`,
    });
}
