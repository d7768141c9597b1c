import { writeModelFolder } from "../bases/model-folder/model-folder.js";
import { samplePartsOf } from "../bases/model-folder/sample-parts.js";
import type { Base } from "../bases/open/open-base.js";
import type { EngraftEvent, OnEvent, TrainResultEvent, TrustFacts } from "../core/events/events.js";
import { listedAnswers } from "../core/results/counts.js";
import type { Dataset } from "../data/index.js";
import type { ReportData } from "../report/report-data.js";
import type { RunFolder } from "./folder/run-folder.js";
import type { Machine } from "./machine.js";
import { keepReport } from "./report/keep-report.js";

export interface Finished {
  readonly run: RunFolder;
  readonly machine: Machine;
  readonly dataset: Dataset;
  readonly base: Base;
  readonly result: TrainResultEvent;
  readonly events: readonly EngraftEvent[];
  /** Missing: the model folder holds an adapter only. */
  readonly onnx?: Uint8Array;
  /** Additional files of the model folder. */
  readonly files?: Readonly<Record<string, Uint8Array | string>>;
  /** Calibration facts of the model's probabilities. */
  readonly trust?: TrustFacts;
  /** True if trainings with other seeds follow: the run is not done. */
  readonly unfinished?: boolean;
  readonly onEvent: OnEvent;
}

/** "bert" is used for any text classifier: Transformers.js refuses unknown types. */
const textConfig = {
  model_type: "bert",
  architectures: ["BertForSequenceClassification"],
} as const;

/** Writes the model folder, the report, and last the manifest that marks the run as done. */
export async function finish({
  run,
  machine,
  dataset,
  base,
  result,
  events,
  onnx,
  files,
  trust,
  unfinished = false,
  onEvent,
}: Finished): Promise<void> {
  const { manifest } = run;
  const { platform } = machine;
  // Loaded only when written, like the report.
  const { renderModelCard } = await import("../report/cards/model-card.js");
  const leaked = machine.report ? (await import("../report/pages/leaks.js")).leakedItems(events) : [];
  const shown = new Set([...listedAnswers(result.test).map((w) => w.item), ...leaked]);
  // Created while the model is written, like the report.
  const showsSamples = manifest.options.pictures !== false;
  const pictures =
    machine.report && !base.text && showsSamples
      ? machine.thumbnails(dataset.items.filter((item) => shown.has(item.id)))
      : Promise.resolve({});
  pictures.catch(() => undefined);
  const told: ReportData = {
    title: (dataset.root.split(/[\\/]/).filter(Boolean).at(-1) ?? "run").replace(/\.jsonl$/, ""),
    result,
    events,
    thumbnails: {},
    ...(base.text &&
      showsSamples && {
        texts: (await import("./report/texts-by-id.js")).textsById(dataset.items, listedAnswers(result.test)),
      }),
    command: manifest.command,
    versions: manifest.versions,
    adapterOnly: onnx === undefined,
  };
  await platform.files.remove(result.model);
  const model = writeModelFolder(platform, result.model, {
    ...(onnx && { onnx }),
    ...(files && { files }),
    classes: dataset.classes,
    ...(base.text ? { config: textConfig } : { preprocessing: base.preprocessing }),
    card: renderModelCard(told),
    ...(base.licenseText !== undefined && { license: base.licenseText }),
    samples: samplePartsOf(dataset.items),
    engraft: {
      format: 1,
      task: dataset.task,
      base: result.base,
      strategy: result.strategy,
      versions: manifest.versions,
      split: result.split,
      data: { fingerprint: dataset.fingerprint, test_fingerprint: dataset.testFingerprint },
      test: { n: result.test.n, accuracy: result.test.accuracy, accuracy_ci95: result.test.accuracy_ci95 },
      seed: result.split.seed,
      ...(trust && { trust }),
      ...(base.text?.pairs && { pairs: true as const }),
    },
  });
  const render = async () =>
    (await import("../report/report.js")).renderReport(
      { ...told, thumbnails: await pictures },
      await machine.reportAssets(),
    );
  // In parallel; the first error is thrown when both have ended.
  const report = keepReport(machine, run, render, onEvent);
  const [written] = await Promise.allSettled([model, report]);
  if (written.status === "rejected") throw written.reason;
  await report;
  await run.update({ ...(!unfinished && { status: "done" }), result });
}
