import { type EngraftManifest, writeModelFolder } from "../bases/model-folder/model-folder.js";
import { samplePartsOf } from "../bases/model-folder/sample-parts.js";
import type {
  EngraftEvent,
  OnEvent,
  Part,
  RegressionResultEvent,
  TableResultEvent,
} from "../core/events/events.js";
import type { ImagePreprocessing } from "../data/index.js";
import { renderTaskCard } from "../report/cards/task-card.js";
import type { RunFolder } from "../run/folder/run-folder.js";
import type { Machine } from "../run/machine.js";
import { keepReport } from "../run/report/keep-report.js";

export interface FinishedTask {
  readonly run: RunFolder;
  readonly machine: Machine;
  readonly data: {
    readonly root: string;
    readonly fingerprint: string;
    readonly testFingerprint: string;
    readonly items: readonly { readonly sha256: string; readonly part: Part }[];
  };
  readonly result: RegressionResultEvent | TableResultEvent;
  readonly events: readonly EngraftEvent[];
  readonly onnx: Uint8Array;
  readonly preprocessing?: ImagePreprocessing;
  readonly files?: Readonly<Record<string, unknown>>;
  readonly license?: string;
  readonly regression?: EngraftManifest["regression"];
  readonly trust?: EngraftManifest["trust"];
  /** Other trainings follow: the run is not done. */
  readonly unfinished?: boolean;
  readonly onEvent: OnEvent;
}

/** Write the model folder, the report, and last of all the manifest that says the run is done. */
export async function finishTask(finished: FinishedTask): Promise<void> {
  const { run, machine, data, result, onnx, preprocessing, files, license, onEvent } = finished;
  const { regression, trust } = finished;
  const { platform } = machine;
  const { manifest } = run;
  const told = {
    title: data.root.split(/[\\/]/).filter(Boolean).at(-1) ?? "run",
    result,
    events: finished.events,
    command: manifest.command,
    versions: manifest.versions,
  };
  await platform.files.remove(result.model);
  await writeModelFolder(platform, result.model, {
    onnx,
    classes: result.task === "tabular-classification" ? result.classes : result.targets.map((t) => t.name),
    card: renderTaskCard(told),
    ...(preprocessing && { preprocessing }),
    ...(files && { files }),
    ...(license !== undefined && { license }),
    samples: samplePartsOf(data.items),
    engraft: {
      format: 1,
      task: result.task,
      base: result.base,
      strategy: result.strategy,
      versions: manifest.versions,
      split: result.split,
      data: { fingerprint: data.fingerprint, test_fingerprint: data.testFingerprint },
      test:
        result.task === "tabular-classification"
          ? { n: result.test.n, accuracy: result.test.accuracy, accuracy_ci95: result.test.accuracy_ci95 }
          : { n: result.test.n, r2: result.test.r2, r2_ci95: result.test.r2_ci95 },
      seed: result.split.seed,
      ...(regression && { regression }),
      ...(trust && { trust }),
    },
  });
  await keepReport(
    machine,
    run,
    async () => (await import("../report/pages/task-report.js")).renderTaskReport(told),
    onEvent,
  );
  await run.update({ ...(finished.unfinished !== true && { status: "done" }), result });
}
