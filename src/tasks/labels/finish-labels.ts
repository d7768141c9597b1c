import { writeModelFolder } from "../../bases/model-folder/model-folder.js";
import { samplePartsOf } from "../../bases/model-folder/sample-parts.js";
import type { EngraftEvent, LabelsResultEvent } from "../../core/events/events.js";
import { renderLabelsCard } from "../../report/cards/labels-card.js";
import type { Context } from "../../run/context.js";
import { filesOf } from "../../run/exported.js";
import { keepReport } from "../../run/report/keep-report.js";

/** Hugging Face's word for it: pipelines take σ of each score then. */
const problem = { problem_type: "multi_label_classification" } as const;
/** "bert" stands for any text classifier: Transformers.js refuses types that it does not know. */
const ofTexts = { model_type: "bert", architectures: ["BertForSequenceClassification"] } as const;

/** Write the model folder, the report, and last of all the manifest that says the run is done. */
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
  /** Of an adapter. */
  readonly files?: Readonly<Record<string, Uint8Array | string>>;
  /** The same with other seeds follows: the run is not done. */
  readonly unfinished?: boolean;
}): Promise<void> {
  const { run, machine, opened, platform, dataset, onEvent } = context;
  const { base } = opened;
  const { manifest } = run;
  const told = {
    title: dataset.root.split(/[\\/]/).filter(Boolean).at(-1) ?? "run",
    result,
    events,
    command: manifest.command,
    versions: manifest.versions,
  };
  await platform.files.remove(result.model);
  const texts = base.text && filesOf(base.text);
  await writeModelFolder(platform, result.model, {
    ...(onnx && { onnx }),
    classes: result.classes,
    config: texts ? { ...problem, ...ofTexts } : problem,
    ...(!texts && { preprocessing: base.preprocessing }),
    files: { ...texts, ...files },
    card: renderLabelsCard(told),
    ...(base.licenseText !== undefined && { license: base.licenseText }),
    samples: samplePartsOf(dataset.items),
    engraft: {
      format: 1,
      task: "multi-label-classification",
      base: result.base,
      strategy: result.strategy,
      versions: manifest.versions,
      split: result.split,
      data: { fingerprint: dataset.fingerprint, test_fingerprint: dataset.testFingerprint },
      test: {
        n: result.test.n,
        micro_f1: result.test.micro_f1,
        micro_f1_ci95: result.test.micro_f1_ci95,
      },
      seed: result.split.seed,
      ...(base.text?.pairs && { pairs: true as const }),
      labels: { unit: result.unit, thresholds: result.thresholds.values },
    },
  });
  await keepReport(
    machine,
    run,
    async () => (await import("../../report/pages/labels-report.js")).renderLabelsReport(told),
    onEvent,
  );
  await run.update({ ...(!unfinished && { status: "done" }), result });
}
