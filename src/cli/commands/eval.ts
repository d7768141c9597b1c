import { evaluate as evaluateModel } from "../../api/evaluate.js";
import { factsOf, type Head, type TaskWith } from "../../core/results/task.js";
import type { Evaluation } from "../../inference/evaluation.js";
import { hasSheet, sheetOf } from "../../tasks/sheets.js";
import type { Command } from "../command.js";
import type { OptionsOf } from "../options/options.js";
import { labelled } from "../render/labelled.js";
import { renderPerClass, renderScores } from "../render/render.js";
import { evaluationLines } from "../render/render-result.js";
import { metricsLines, trustLines } from "../render/render-trust.js";

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
  const lines = await linesOf(evaluation);
  const views = "tta" in evaluation ? [`${evaluation.tta} of each picture, averaged`] : [];
  const about = [...labelled("scored", evaluation.scored), ...labelled("views", ...views)];
  const detections =
    "coco" in evaluation && evaluation.coco !== undefined
      ? ["", ...labelled("detections", evaluation.coco)]
      : [];
  output.result({ ...evaluation }, [...about, ...lines, ...detections]);
};

type EvaluationWithHead<H extends Head> = Extract<
  Evaluation,
  { readonly task: TaskWith<{ readonly head: H }> }
>;

/** Kinds of heads whose results are not declared in a sheet. */
type OwnHead = Extract<Head, "classes">;

/** Renders the scores of an evaluation, by head. A head without a row does not compile. */
const renderers: { readonly [H in OwnHead]: (evaluation: EvaluationWithHead<H>) => Promise<string[]> } = {
  classes: async (evaluation) => [
    ...renderScores(evaluation.test, "test", `${factsOf(evaluation.task).sample}s`),
    ...labelled("scores", ...metricsLines(evaluation.test)),
    ...(evaluation.trust ? labelled("trust", ...trustLines(evaluation.trust)) : []),
    "",
    ...renderPerClass(evaluation.test),
  ],
};
const ownLines = <H extends OwnHead>(head: H, evaluation: EvaluationWithHead<H>): Promise<string[]> =>
  renderers[head](evaluation);

async function linesOf(evaluation: Evaluation): Promise<string[]> {
  if (hasSheet(evaluation)) return evaluationLines(await sheetOf(evaluation.task), evaluation);
  return ownLines(factsOf(evaluation.task).head, evaluation);
}
