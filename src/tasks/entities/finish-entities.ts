import type { EngraftEvent, EntitiesResultEvent } from "../../core/events/events.js";
import type { EntityData } from "../../data/entities/open-entities.js";
import { sheetCard } from "../../report/sheet/sheet-card.js";
import type { Context } from "../../run/context.js";
import { filesOf } from "../../run/exported.js";
import { reportOf, saveRun } from "../../run/save-run.js";
import { entitiesSheet } from "./entities-sheet.js";

/** "bert" is used for any token classifier: Transformers.js refuses unknown types. */
const config = { model_type: "bert", architectures: ["BertForTokenClassification"] } as const;

/** Saves the model folder, the report and the record of a run on entities. */
export async function finishEntities({
  context,
  data,
  result,
  events,
  onnx,
  files,
  unfinished = false,
}: {
  readonly context: Context;
  readonly data: EntityData;
  readonly result: EntitiesResultEvent;
  readonly events: readonly EngraftEvent[];
  readonly onnx?: Uint8Array;
  /** Files of an adapter. */
  readonly files?: Readonly<Record<string, Uint8Array | string>>;
  /** True if trainings with other seeds follow: the run is not done. */
  readonly unfinished?: boolean;
}): Promise<void> {
  const samples = context.run.manifest.options.pictures !== false;
  const report = { ...reportOf(context, data.root, result, events), samples };
  const { sentences, f1, f1_ci95 } = result.test;
  await saveRun(context, {
    data,
    result,
    unfinished,
    card: sheetCard(entitiesSheet, report),
    render: async () => (await import("../../report/sheet/sheet-page.js")).sheetPage(entitiesSheet, report),
    content: {
      ...(onnx && { onnx }),
      classes: data.labels,
      config,
      files: { ...filesOf(context.opened.base.text!), ...files },
    },
    engraft: { task: "token-classification", test: { sentences, f1, f1_ci95 } },
  });
}
