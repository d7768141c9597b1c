import { evaluate as evaluateModel } from "../../api/evaluate.js";
import { sheetOf } from "../../tasks/sheets.js";
import type { Command } from "../command.js";
import type { OptionsOf } from "../options/options.js";
import { labelled } from "../render/labelled.js";
import { evaluationLines } from "../render/render-result.js";

/** `engraft eval <model> <data>` */
export const evaluate: Command<OptionsOf<"eval">> = async (args, options, { output, signal }) => {
  const [model = "", data = ""] = args;
  const {
    seed,
    threads,
    device,
    tta,
    long,
    text,
    target,
    quotes,
    classNames,
    groupFrom,
    task: head,
    run,
    coco,
  } = options;
  const evaluation = await evaluateModel(model, data, {
    ...(seed !== undefined && { seed }),
    ...(threads !== undefined && { threads }),
    ...(device !== undefined && { device }),
    ...(tta !== undefined && { tta }),
    ...(long !== undefined && { long }),
    ...(text !== undefined && { text }),
    ...(target !== undefined && { target }),
    ...(quotes !== undefined && { quotes }),
    ...(classNames !== undefined && { classNames }),
    ...(groupFrom !== undefined && { groupFrom }),
    ...(head !== undefined && { task: head }),
    ...(run !== undefined && { run }),
    ...(coco !== undefined && { coco }),
    onEvent: output.onEvent,
    signal,
  });
  const lines = evaluationLines(await sheetOf(evaluation.task), evaluation);
  const views = "tta" in evaluation ? [`${evaluation.tta} of each picture, averaged`] : [];
  const about = [...labelled("scored", evaluation.scored), ...labelled("views", ...views)];
  const detections =
    "coco" in evaluation && evaluation.coco !== undefined
      ? ["", ...labelled("detections", evaluation.coco)]
      : [];
  output.result({ ...evaluation }, [...about, ...lines, ...detections]);
};
