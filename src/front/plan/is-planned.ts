import type { Task } from "../../core/task.js";
import type { DistillOptions, TrainOptions } from "../options.js";

/** Whether `auto` stands for a plan here: pictures and texts with classes, and no teacher beside. */
export function isPlanned(
  task: Task,
  { strategy, teacher }: TrainOptions & Partial<DistillOptions>,
): boolean {
  return (
    strategy === "auto" &&
    teacher === undefined &&
    (task === "image-classification" || task === "text-classification")
  );
}
