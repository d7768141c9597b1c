import type { EngraftManifest } from "../../bases/model-folder/model-folder.js";
import { samplePartsOf, writeSampleParts } from "../../bases/model-folder/sample-parts.js";
import { writeFolder } from "../../bases/model-folder/write-folder.js";
import type { EngraftEvent, SourceFreeResultEvent } from "../../core/events/events.js";
import { copySample } from "../../data/copy-sample.js";
import { keepReport } from "../../run/report/keep-report.js";
import { otherFilesOf } from "./open-model.js";
import type { OpenedAdaptation } from "./opened-adaptation.js";

/** An adapted model, and the result of its run. */
interface AdaptedModel {
  readonly result: SourceFreeResultEvent;
  readonly events: readonly EngraftEvent[];
  readonly onnx: Uint8Array;
}

/** Writes the model, the report, and last the result. */
export async function keepAdapted(
  { machine, run, model, domains, onEvent }: OpenedAdaptation,
  { result, events, onnx }: AdaptedModel,
): Promise<void> {
  const { platform } = machine;
  const { files } = platform;
  const { target, source } = domains;
  const { command, versions } = run.manifest;
  const record = { title: "Adapted with Engraft", events, command, versions };
  const [{ reportCard }, { sourceFreeFacts, sourceFreeSheet }] = await Promise.all([
    import("../../report/sheet/report-card.js"),
    import("../../report/studies/source-free-sheet.js"),
  ]);
  const card = reportCard(sourceFreeSheet(result, record), sourceFreeFacts(result), record);
  const { trust, test: _test, ...before } = model.engraft;
  const engraft: EngraftManifest = {
    ...before,
    strategy: { name: result.method.name, reasons: [] },
    versions,
    data: {
      fingerprint: `${before.data.fingerprint} ${target.fingerprint}`,
      test_fingerprint: target.fingerprint,
    },
    seed: result.seed,
    // The temperature and the sets are those of the last layer before.
    ...(!result.changed && trust && { trust }),
  };
  await run.requireInPlace();
  // Held-out samples of the source calibrate the model. The labels of the target do nothing: `eval` scores its samples.
  if (model.samples)
    await writeSampleParts(platform, result.model, engraft.data.fingerprint, {
      ...model.samples,
      ...samplePartsOf((source?.held ?? []).map((item) => copySample(item, { part: "validation" as const }))),
      ...samplePartsOf(target.items),
    });
  await writeFolder(platform, result.model, [
    ...(await otherFilesOf(files, model.dir)),
    ["onnx/model.onnx", onnx],
    ["engraft.json", `${JSON.stringify(engraft, null, 2)}\n`],
    ["README.md", card],
  ]);
  const render = async () =>
    (await import("../../report/studies/study-sheets.js")).studyPage(result, "en", record);
  await keepReport(machine, run, render, onEvent);
  await run.complete(result);
}
