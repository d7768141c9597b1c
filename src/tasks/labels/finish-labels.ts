import type { EngraftEvent, LabelsResultEvent } from "../../core/events/events.js";
import { sheetCard } from "../../report/sheet/sheet-card.js";
import type { Context } from "../../run/context.js";
import { filesOf, soundConfig, soundFilesOf } from "../../run/exported.js";
import { reportOf, saveRun } from "../../run/save-run.js";
import { labelsSheet } from "./labels-sheet.js";

/** Field of config.json that makes Hugging Face's pipelines apply σ to each logit. */
const problem = { problem_type: "multi_label_classification" } as const;
/** "bert" is used for any text classifier: Transformers.js refuses unknown types. */
const textConfig = { model_type: "bert", architectures: ["BertForSequenceClassification"] } as const;

/** Saves the model folder, the report and the record of a run on several labels. */
export async function finishLabels({
  context,
  result,
  events,
  onnx,
  files,
  unfinished = false,
}: {
  readonly context: Context;
  readonly result: LabelsResultEvent;
  readonly events: readonly EngraftEvent[];
  readonly onnx?: Uint8Array;
  /** Files of an adapter. */
  readonly files?: Readonly<Record<string, Uint8Array | string>>;
  /** True if trainings with other seeds follow: the run is not done. */
  readonly unfinished?: boolean;
}): Promise<void> {
  const { opened, dataset: data } = context;
  const { base } = opened;
  const report = reportOf(context, data.root, result, events);
  const { text, audio } = base;
  const kind = text ? textConfig : audio && soundConfig(audio);
  const reader = text ? filesOf(text) : audio && soundFilesOf(audio);
  const { n, micro_f1, micro_f1_ci95 } = result.test;
  await saveRun(context, {
    data,
    result,
    unfinished,
    card: sheetCard(labelsSheet, report),
    render: async () => (await import("../../report/sheet/sheet-page.js")).sheetPage(labelsSheet, report),
    content: {
      ...(onnx && { onnx }),
      classes: result.classes,
      config: { ...problem, ...kind },
      ...(!reader && { preprocessing: base.preprocessing }),
      files: { ...reader, ...files },
    },
    engraft: {
      task: "multi-label-classification",
      test: { n, micro_f1, micro_f1_ci95 },
      ...(text?.pairs && { pairs: true as const }),
      labels: { unit: result.unit, thresholds: result.thresholds.values },
    },
  });
}
