import { writeFolder } from "../../bases/model-folder/write-folder.js";
import type { Base, TextFacts } from "../../bases/open/open-base.js";
import { poolingFile } from "../../bases/text/text-poolings.js";
import type { StoredAs } from "../../bases/weight-storage.js";
import type { PretrainResultEvent } from "../../core/events/events.js";
import type { Graph } from "../../graph/graph.js";
import { toOnnx } from "../../graph/to-onnx.js";
import type { RunFolder } from "../../run/folder/run-folder.js";
import type { Machine } from "../../run/machine.js";

/** Writes the new base as a folder for `--base`, and last the result. */
export async function finishPretraining(
  {
    machine,
    run,
    base,
  }: {
    readonly machine: Machine;
    readonly run: RunFolder;
    readonly base: Base & { readonly text: TextFacts };
  },
  model: Graph,
  stored: StoredAs,
  result: PretrainResultEvent,
): Promise<void> {
  const { command, versions } = run.manifest;
  const { pretrainedCard } = await import("../../report/cards/pretrained-card.js");
  const { config, pooling } = base.text;
  const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
  await run.requireInPlace();
  await writeFolder(machine.platform, run.file("model"), [
    ["onnx/model.onnx", toOnnx(model, { storeAs: stored })],
    ["config.json", json(config)],
    ["1_Pooling/config.json", json(poolingFile(pooling))],
    // Unchanged files of the base: rows of this run may be shorter than the base's maximum length.
    ["tokenizer.json", json(base.text.files.tokenizer)],
    ["tokenizer_config.json", json(base.text.files.config)],
    ["README.md", pretrainedCard(result, command, versions)],
    ...(base.licenseText === undefined ? [] : [["LICENSE", base.licenseText] as const]),
  ]);
  await run.complete(result);
}
