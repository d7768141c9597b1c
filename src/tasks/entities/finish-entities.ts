import { writeModelFolder } from "../../bases/model-folder/model-folder.js";
import { samplePartsOf } from "../../bases/model-folder/sample-parts.js";
import type { EngraftEvent, EntitiesResultEvent } from "../../core/events/events.js";
import type { EntityData } from "../../data/entities/open-entities.js";
import { renderEntitiesCard } from "../../report/cards/entities-card.js";
import type { Context } from "../../run/context.js";
import { filesOf } from "../../run/exported.js";
import { keepReport } from "../../run/report/keep-report.js";

/** "bert" stands for any token classifier: Transformers.js refuses types that it does not know. */
const config = { model_type: "bert", architectures: ["BertForTokenClassification"] } as const;

/** Write the model folder, the report, and last of all the manifest that says the run is done. */
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
  /** Of an adapter. */
  readonly files?: Readonly<Record<string, Uint8Array | string>>;
  /** The same with other seeds follows: the run is not done. */
  readonly unfinished?: boolean;
}): Promise<void> {
  const { run, machine, opened, platform, onEvent } = context;
  const { base } = opened;
  const { manifest } = run;
  const told = {
    title: data.root.split(/[\\/]/).filter(Boolean).at(-1) ?? "run",
    result,
    events,
    command: manifest.command,
    versions: manifest.versions,
    samples: manifest.options.pictures !== false,
  };
  await platform.files.remove(result.model);
  await writeModelFolder(platform, result.model, {
    ...(onnx && { onnx }),
    classes: data.labels,
    config,
    files: { ...filesOf(base.text!), ...files },
    card: renderEntitiesCard(told),
    ...(base.licenseText !== undefined && { license: base.licenseText }),
    samples: samplePartsOf(data.items),
    engraft: {
      format: 1,
      task: "token-classification",
      base: result.base,
      strategy: result.strategy,
      versions: manifest.versions,
      split: result.split,
      data: { fingerprint: data.fingerprint, test_fingerprint: data.testFingerprint },
      test: { sentences: result.test.sentences, f1: result.test.f1, f1_ci95: result.test.f1_ci95 },
      seed: result.split.seed,
    },
  });
  await keepReport(
    machine,
    run,
    async () => (await import("../../report/pages/entities-report.js")).renderEntitiesReport(told),
    onEvent,
  );
  await run.update({ ...(!unfinished && { status: "done" }), result });
}
