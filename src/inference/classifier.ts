import { softmax } from "../linalg/softmax.js";
import { type Answer, rankedAnswers } from "./answer.js";
import { type Assessment, type AssessOptions, assess } from "./assess.js";
import type { OpenedFolder } from "./model-session.js";

/** Returns `predict` and `assess` of a model of one class per input. @param rows logits of each input */
export function classifierOf<Input>(
  { dir, classes, engraft }: OpenedFolder,
  rows: (inputs: readonly Input[]) => Promise<readonly Float32Array[]>,
) {
  return {
    predict: async (inputs: readonly Input[]): Promise<Answer[][]> =>
      (await rows(inputs)).map((row) => rankedAnswers(classes, softmax(row))),
    assess: async (inputs: readonly Input[], options?: AssessOptions): Promise<Assessment[]> =>
      (await rows(inputs)).map((row) => assess({ dir, classes, trust: engraft?.trust }, row, options)),
  };
}
