import { exportClassifier } from "../../bases/export.js";
import { type EngraftManifest, writeModelFolder } from "../../bases/model-folder/model-folder.js";
import { samplePartsOf, writeSampleParts } from "../../bases/model-folder/sample-parts.js";
import type { AdaptResultEvent, EngraftEvent } from "../../core/events/events.js";
import { baseName } from "../../core/hide-folders.js";
import { inEnglish, message } from "../../core/messages/message.js";
import { classificationOf } from "../../core/results/task.js";
import type { Graph } from "../../graph/graph.js";
import { toOnnx } from "../../graph/to-onnx.js";
import { keepReport } from "../../run/report/keep-report.js";
import type { AdaptContext } from "./context.js";
import type { Domains } from "./domain.js";
import type { Network } from "./network.js";

/** Write the model, the report, and last of all the manifest that says the run is done. */
export async function finishAdaptation(
  { run, machine, platform, onEvent, seed }: AdaptContext,
  network: Network,
  { source, target }: Domains,
  {
    result,
    events,
    model,
  }: { readonly result: AdaptResultEvent; readonly events: readonly EngraftEvent[]; readonly model: Graph },
): Promise<void> {
  const { files } = platform;
  const { preprocessing, bag, base } = network;
  const { command, versions } = run.manifest;
  const { adaptationCard } = await import("../../report/cards/adaptation-card.js");
  const card = adaptationCard(result, command, versions);
  await files.remove(result.model);
  // The target's samples stand last and keep their parts: `eval` on the target then knows its test part.
  const samples = samplePartsOf([...source.items, ...target.items]);
  const engraft: EngraftManifest = {
    format: 1,
    task: classificationOf[preprocessing ? "image" : "text"],
    base: result.base,
    strategy: {
      name: result.method.name,
      reasons: [
        inEnglish([
          message("adapted-between-domains", {
            ...{ source: baseName(source.root), target: baseName(target.root) },
          }),
        ]),
      ],
    },
    versions,
    split: result.source.split,
    data: {
      fingerprint: `${source.fingerprint} ${target.fingerprint}`,
      test_fingerprint: target.fingerprint,
    },
    seed,
  };
  if (preprocessing) {
    await writeModelFolder(platform, result.model, {
      onnx: exportClassifier(model, preprocessing),
      classes: result.classes,
      preprocessing,
      card,
      ...(base.licenseText !== undefined && { license: base.licenseText }),
      engraft,
      samples,
    });
  } else {
    await writeSampleParts(platform, result.model, engraft.data.fingerprint, samples);
    await files.ensureDir(files.join(result.model, "onnx"));
    await files.writeAtomic(files.join(result.model, "onnx", "model.onnx"), toOnnx(model));
    await files.writeAtomic(files.join(result.model, "bag_of_words.json"), JSON.stringify(bag));
    const id2label = Object.fromEntries(result.classes.map((label, i) => [String(i), label]));
    await files.writeAtomic(
      files.join(result.model, "config.json"),
      JSON.stringify({ task: engraft.task, id2label }),
    );
    await files.writeAtomic(
      files.join(result.model, "engraft.json"),
      `${JSON.stringify(engraft, null, 2)}\n`,
    );
    await files.writeAtomic(files.join(result.model, "README.md"), card);
  }
  const render = async () =>
    (await import("../../report/pages/adaptation.js")).renderAdaptation({
      result,
      events,
      command,
      versions,
    });
  await keepReport(machine, run, render, onEvent);
  await run.update({ status: "done", result });
}
