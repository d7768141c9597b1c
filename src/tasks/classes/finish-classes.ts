import type { EngraftEvent, TrainResultEvent, TrustFacts } from "../../core/events/events.js";
import { listedAnswers } from "../../core/results/counts.js";
import type { ReportData } from "../../report/report-data.js";
import type { Context } from "../../run/context.js";
import { soundConfig } from "../../run/exported.js";
import { reportOf, saveRun } from "../../run/save-run.js";

export interface Finished {
  readonly result: TrainResultEvent;
  readonly events: readonly EngraftEvent[];
  /** Missing: the model folder holds an adapter only. */
  readonly onnx?: Uint8Array;
  /** Additional files of the model folder. */
  readonly files?: Readonly<Record<string, unknown>>;
  /** Calibration facts of the model's probabilities. */
  readonly trust?: TrustFacts;
  /** True if trainings with other seeds follow: the run is not done. */
  readonly unfinished?: boolean;
}

/** "bert" is used for any text classifier: Transformers.js refuses unknown types. */
const textConfig = {
  model_type: "bert",
  architectures: ["BertForSequenceClassification"],
} as const;

/** Saves a model of classes. */
export async function finish(
  context: Context,
  { result, events, onnx, files, trust, unfinished = false }: Finished,
): Promise<void> {
  const { run, machine, dataset: data, opened } = context;
  const { base } = opened;
  // Loaded only when written, like the report.
  const { classesCard, classesPage } = await import("./shown-classes.js");
  const leaked = machine.report ? (await import("../../report/pages/leaks.js")).leakedItems(events) : [];
  const shown = new Set([...listedAnswers(result.test).map((w) => w.item), ...leaked]);
  // Created while the model is written, like the report.
  const showsSamples = run.manifest.options.pictures !== false;
  const pictures =
    machine.report && !base.text && !base.audio && showsSamples
      ? machine.thumbnails(data.items.filter((item) => shown.has(item.id)))
      : Promise.resolve({});
  pictures.catch(() => undefined);
  const reportData: ReportData = {
    ...reportOf(context, data.root.replace(/\.jsonl$/, ""), result, events),
    thumbnails: {},
    ...(base.text &&
      showsSamples && {
        texts: (await import("../../run/report/texts-by-id.js")).textsById(
          data.items,
          listedAnswers(result.test),
        ),
      }),
    ...(base.audio &&
      machine.report &&
      showsSamples && {
        sounds: await (await import("../../run/report/shown-sounds.js")).shownSounds(
          machine.platform,
          data.items.filter((item) => shown.has(item.id)),
        ),
      }),
    adapterOnly: onnx === undefined,
  };
  const { n, accuracy, accuracy_ci95 } = result.test;
  await saveRun(context, {
    data,
    result,
    unfinished,
    card: classesCard(reportData),
    render: async () =>
      classesPage(
        { ...reportData, thumbnails: await pictures },
        { samples: showsSamples, assets: await machine.reportAssets() },
      ),
    content: {
      ...(onnx && { onnx }),
      ...(files && { files }),
      classes: data.classes,
      ...(base.text
        ? { config: textConfig }
        : base.audio
          ? { config: soundConfig(base.audio) }
          : { preprocessing: base.preprocessing }),
    },
    engraft: {
      task: data.task,
      test: { n, accuracy, accuracy_ci95 },
      ...(trust && { trust }),
      ...(base.text?.pairs && { pairs: true as const }),
    },
  });
}
