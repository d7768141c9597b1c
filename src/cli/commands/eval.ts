import { evaluate as evaluateModel } from "../../index.js";
import type { Command } from "../command.js";
import type { OptionsOf } from "../options.js";
import { labelled, renderPerClass, renderScores } from "../render.js";

/** `engraft eval <model> <data>` */
export const evaluate: Command<OptionsOf<"eval">> = async (args, options, { output, signal }) => {
  const [model = "", data = ""] = args;
  const { seed, threads, task } = options;
  const evaluation = await evaluateModel(model, data, {
    ...(seed !== undefined && { seed }),
    ...(threads !== undefined && { threads }),
    ...(task !== undefined && { task }),
    onEvent: output.onEvent,
    signal,
  });
  output.result({ ...evaluation }, [
    ...labelled("scored", evaluation.scored),
    ...renderScores(evaluation.test, "test"),
    "",
    ...renderPerClass(evaluation.test),
  ]);
};
