import type { Command } from "../command.js";
import { loadFront } from "../front.js";
import type { OptionsOf } from "../options.js";
import { labelled, renderPerClass, renderScores } from "../render.js";

/** `engraft eval <model> <data>` */
export const evaluate: Command<OptionsOf<"eval">> = async (args, options, { output, signal }) => {
  const [model = "", data = ""] = args;
  const { seed, threads, noCache } = options;
  const front = await loadFront();
  const outcome = await front.evaluate(model, data, {
    ...(seed === undefined ? {} : { seed }),
    ...(threads === undefined ? {} : { threads }),
    cache: noCache !== true,
    onEvent: output.onEvent,
    signal,
  });
  const scored = outcome.scored;
  output.result(outcome, [
    ...(typeof scored === "string" ? labelled("scored", scored) : []),
    ...renderScores(outcome.test, "accuracy"),
    "",
    ...renderPerClass(outcome.test),
  ]);
};
