import type { CustomResultEvent } from "../../core/events/events.js";
import type { Dataset } from "../../data/index.js";
import { reportOf, saveRun } from "../../run/save-run.js";
import type { Saved, Solved } from "../../run/trainable-task.js";

/** Saves the model folder, the report, and the record of a run whose task is defined outside of the product. */
export async function finishCustom(
  data: Dataset,
  saved: Saved<unknown, Solved<unknown>, object, CustomResultEvent>,
): Promise<void> {
  const { own, result, events, onnx, files, unfinished } = saved;
  const { sheetCard } = await import("../../report/sheet/sheet-card.js");
  const { customSheet } = await import("./custom-sheet.js");
  const report = reportOf(own.context, data.root, result, events);
  const { task, test, classes } = result;
  await saveRun(own.context, {
    data,
    result,
    unfinished,
    card: sheetCard(customSheet, report),
    render: async () => (await import("../../report/sheet/sheet-page.js")).sheetPage(customSheet, report),
    content: {
      ...(onnx && { onnx }),
      ...(files && { files }),
      classes,
      config: { model_type: task, architectures: [task] },
    },
    engraft: { task, test: { n: test.n, metric: test.metric } },
  });
}
