import { columnNames } from "../../data/tables/table-columns.js";
import { scoreLabels } from "../../evaluate/labels.js";
import type { EvaluateOptions, LabelEvaluation } from "../../inference/evaluation.js";
import { scoredItems } from "../../inference/scored-items.js";
import { testUsage } from "../../inference/test-usage.js";
import type { Machine } from "../../run/machine.js";
import { openSession } from "../../runtime/open.js";
import { groupsGiven } from "../numbers/targets.js";
import { countCut } from "../texts/cut-texts.js";
import { targetsOf } from "./label-head.js";
import { openLabelFolder } from "./label-model.js";
import { openLabelItems } from "./open-labels.js";

/** Score a model of several labels, with the thresholds that it was saved with. @throws ModelError for labels that it does not know */
export async function scoreLabelModel(
  machine: Machine,
  model: string,
  data: string,
  options: EvaluateOptions,
): Promise<LabelEvaluation> {
  const { platform, openRuntime } = machine;
  const { signal, onEvent, seed = 0 } = options;
  const folder = await openLabelFolder(machine, model);
  const { classes, dir, unit, thresholds } = folder;
  const opened = await openLabelItems(data, {
    platform,
    seed,
    unit,
    known: classes,
    quotes: options.quotes,
    classNames: options.classNames,
    emptyParts: true,
    ...(options.groupFrom !== undefined && { groupFrom: options.groupFrom }),
    ...(options.text !== undefined && { texts: columnNames("text", options.text) }),
    ...(onEvent && { onEvent }),
    ...(signal && { signal }),
  });
  for (const { code, message } of opened.warnings) onEvent?.({ event: "warning", code, message });
  const kind = unit === "texts" ? "text" : "picture";
  const chosen = await scoredItems(platform, opened, folder, kind, options);
  const runtime = await openRuntime(options.threads ?? platform.cores());
  try {
    const session = await openSession(runtime, folder.graph, { label: `model "${dir}"` });
    const cut = countCut();
    const logits = await folder.scores(session, chosen.items, {
      ...(options.long !== undefined && { long: options.long }),
      onCut: cut.onCut,
      ...(signal && { signal }),
    });
    for (const warning of cut.warnings(chosen.items.length)) onEvent?.(warning);
    return {
      event: "result",
      task: "multi-label-classification",
      unit,
      model: dir,
      test: scoreLabels(
        {
          labels: classes,
          logits,
          targets: targetsOf(chosen.items, classes.length),
          items: chosen.items.map(({ id }) => id),
          ...groupsGiven(chosen.items),
        },
        { thresholds },
      ),
      ...(await testUsage({ platform }, dir, chosen, options)),
    };
  } finally {
    await runtime.close();
  }
}
