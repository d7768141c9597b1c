import { evaluate as evaluateModel } from "../../api/evaluate.js";
import type { Command } from "../command.js";
import type { OptionsOf } from "../options/options.js";
import { labelled } from "../render/labelled.js";
import { renderPerClass, renderScores } from "../render/render.js";
import { renderNumbers } from "../render/render-numbers.js";
import { metricsLines, trustLines } from "../render/render-trust.js";

/** `engraft eval <model> <data>` */
export const evaluate: Command<OptionsOf<"eval">> = async (args, options, { output, signal }) => {
  const [model = "", data = ""] = args;
  const { seed, threads, tta, long, text, target, quotes, classNames, groupFrom, task: head, run } = options;
  const evaluation = await evaluateModel(model, data, {
    ...(seed !== undefined && { seed }),
    ...(threads !== undefined && { threads }),
    ...(tta !== undefined && { tta }),
    ...(long !== undefined && { long }),
    ...(text !== undefined && { text }),
    ...(target !== undefined && { target }),
    ...(quotes !== undefined && { quotes }),
    ...(classNames !== undefined && { classNames }),
    ...(groupFrom !== undefined && { groupFrom }),
    ...(head !== undefined && { task: head }),
    ...(run !== undefined && { run }),
    onEvent: output.onEvent,
    signal,
  });
  const { task } = evaluation;
  const scored = labelled("scored", evaluation.scored);
  if (evaluation.task === "token-classification") {
    const { renderEntityScores, renderPerType } = await import("../render/render-entities.js");
    const lines = [...renderEntityScores(evaluation.test), "", ...renderPerType(evaluation.test)];
    output.result({ ...evaluation }, [...scored, ...lines]);
    return;
  }
  if (evaluation.task === "multi-label-classification") {
    const { renderLabelScores, renderPerLabel } = await import("../render/render-labels.js");
    const { test, unit } = evaluation;
    output.result({ ...evaluation }, [
      ...scored,
      ...renderLabelScores(test, unit),
      "",
      ...renderPerLabel(test),
    ]);
    return;
  }
  const what = task.startsWith("tabular") ? "rows" : task.startsWith("text") ? "texts" : "pictures";
  if (evaluation.task === "image-regression" || evaluation.task === "tabular-regression") {
    output.result({ ...evaluation }, [...scored, ...renderNumbers(evaluation.test, "test", what)]);
    return;
  }
  const views = "tta" in evaluation ? [`${evaluation.tta} of each picture, averaged`] : [];
  output.result({ ...evaluation }, [
    ...scored,
    ...labelled("views", ...views),
    ...renderScores(evaluation.test, "test", what),
    ...labelled("scores", ...metricsLines(evaluation.test)),
    ...(evaluation.trust ? labelled("trust", ...trustLines(evaluation.trust)) : []),
    "",
    ...renderPerClass(evaluation.test),
  ]);
};
