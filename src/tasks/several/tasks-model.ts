import type { BaseClassification } from "../../core/results/task.js";
import { type Answer, rankedAnswers } from "../../inference/answer.js";
import { type LoadOptions, openRows } from "../../inference/model-session.js";
import { softmax } from "../../linalg/softmax.js";
import type { Machine } from "../../run/machine.js";
import { lineOfHeads } from "../classes/class-lines.js";
import type { LineOptions, PredictionLine } from "../targets/target.js";
import { type HeadedFolder, rowsOfHeads } from "./headed-folder.js";

/** Model of texts or sounds with several heads on one body, as `trainTasks` writes it. */
export interface ListTasksModel<Task extends BaseClassification, Input> {
  readonly task: `multi-task-${Task}`;
  readonly dir: string;
  /** Names and classes of the heads. */
  readonly tasks: readonly { readonly name: string; readonly classes: readonly string[] }[];
  /**
   * Returns the classes of each input by the name of the head, the most probable first.
   * @throws DataError for an input that cannot be read
   * @example const [answers] = await model.predict(["the lift is broken"]);
   */
  predict(inputs: readonly Input[]): Promise<Record<string, Answer[]>[]>;
  /** Predicts, and returns the predictions as the command line prints them. @throws as {@link predict} */
  predictLines(inputs: readonly Input[], how: LineOptions): Promise<PredictionLine[]>;
  close(): Promise<void>;
}

/** Loads a model of texts or sounds with several heads. @param require refuses unusable inputs */
export async function openTasksModel<Task extends BaseClassification, Input>(
  machine: Machine,
  task: Task,
  folder: HeadedFolder<Input>,
  options: LoadOptions,
  require: (inputs: readonly Input[]) => void = () => undefined,
): Promise<ListTasksModel<Task, Input>> {
  const heads = folder.tasks!;
  const { rows, close } = await openRows(machine, folder.withHeads(heads), options);
  const sizes = heads.map(({ classes }) => classes.length);
  const predict = async (inputs: readonly Input[]): Promise<Record<string, Answer[]>[]> => {
    require(inputs);
    return (await rows(inputs)).map((row) => {
      const parts = rowsOfHeads(row, sizes);
      return Object.fromEntries(
        heads.map(({ name, classes }, h) => [name, rankedAnswers(classes, softmax(parts[h]!))]),
      );
    });
  };
  return {
    task: `multi-task-${task}`,
    dir: folder.dir,
    tasks: heads.map(({ name, classes }) => ({ name, classes })),
    predict,
    predictLines: async (inputs, { top }) => (await predict(inputs)).map((one) => lineOfHeads(one, top)),
    close,
  };
}
