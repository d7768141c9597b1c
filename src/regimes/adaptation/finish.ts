import { type EngraftManifest, writeModelFolder } from "../../bases/model-folder/model-folder.js";
import { samplePartsOf, writeSampleParts } from "../../bases/model-folder/sample-parts.js";
import { writeFolder } from "../../bases/model-folder/write-folder.js";
import type { StoredAs } from "../../bases/weight-storage.js";
import type { AdaptResultEvent, EngraftEvent } from "../../core/events/events.js";
import type { Graph } from "../../graph/graph.js";
import { toOnnx } from "../../graph/to-onnx.js";
import type { Context } from "../../run/context.js";
import { exported } from "../../run/exported.js";
import { keepReport } from "../../run/report/keep-report.js";
import type { Adaptation } from "./domain.js";

/** An adapted model, and the result of its run. */
interface Adapted {
  readonly result: AdaptResultEvent;
  readonly events: readonly EngraftEvent[];
  readonly model: Graph;
  readonly stored: StoredAs;
}

/** Writes the model, the report, and last the result. */
export async function finishAdaptation(
  context: Context,
  { domains, bag }: Adaptation,
  { result, events, model, stored }: Adapted,
): Promise<void> {
  const { run, machine, platform, dataset, opened, onEvent } = context;
  const { source, target } = domains;
  const { command, versions } = run.manifest;
  const { adaptationCard } = await import("../../report/cards/adaptation-card.js");
  const card = adaptationCard(result, command, versions);
  await platform.files.remove(result.model);
  // The target's samples come last and keep their splits, so that `eval` on the target finds its test split.
  const samples = samplePartsOf([...source.items, ...target.items]);
  const engraft: EngraftManifest = {
    format: 1,
    task: dataset.task,
    base: result.base,
    strategy: { name: result.strategy.name, reasons: result.strategy.reasons },
    versions,
    split: result.source.split,
    data: { fingerprint: dataset.fingerprint, test_fingerprint: dataset.testFingerprint },
    seed: result.seed,
  };
  await run.requireInPlace();
  if (bag) {
    const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
    const id2label = Object.fromEntries(result.classes.map((label, i) => [String(i), label]));
    await writeSampleParts(platform, result.model, engraft.data.fingerprint, samples);
    // No config for Transformers.js, which does not support bags of words.
    await writeFolder(platform, result.model, [
      ["onnx/model.onnx", toOnnx(model, { storeAs: stored })],
      ["bag_of_words.json", JSON.stringify(bag)],
      ["config.json", JSON.stringify({ task: engraft.task, id2label })],
      ["engraft.json", json(engraft)],
      ["README.md", card],
    ]);
  } else {
    const { preprocessing, licenseText } = opened.base;
    await writeModelFolder(platform, result.model, {
      onnx: await exported(context, model, stored),
      classes: result.classes,
      preprocessing,
      card,
      engraft,
      samples,
      ...(licenseText !== undefined && { license: licenseText }),
    });
  }
  const record = { title: result.method.name, events, command, versions };
  const render = async () =>
    (await import("../../report/studies/study-sheets.js")).studyPage(result, "en", record);
  await keepReport(machine, run, render, onEvent);
  await run.complete(result);
}
