import { type BaseInfo, baseUses, listBases, pullBase, showBase, useOf } from "../../bases/index.js";
import { EngraftError } from "../../core/errors.js";
import type { ImagePreprocessing } from "../../data/index.js";
import type { Command } from "../command.js";
import type { OptionsOf } from "../options/options.js";
import { labelled } from "../render/labelled.js";
import { formatBytes, megabytes } from "../render/render.js";
import { tableLines } from "../render/table-lines.js";

function details(base: BaseInfo): string[] {
  return [
    ...labelled(base.name, base.note),
    ...labelled("task", base.task),
    ...labelled("kind", base.kind),
    ...labelled("input", base.input),
    ...labelled(
      "size",
      `${base.parameters} M parameters${base.bytes === undefined ? "" : `, ${formatBytes(base.bytes)}`}${base.download === undefined ? "" : `, ${megabytes(base.download)} download`}`,
    ),
    ...labelled("work", `${base.work} GMAC for ${baseUses[useOf(base)].unit}`),
    ...(base.preprocessing === undefined
      ? []
      : labelled("pixels", preprocessingFlags(base.preprocessing).join(" "))),
    ...(base.languages === undefined ? [] : labelled("languages", base.languages)),
    ...labelled("licence", base.license),
    ...(base.cut === undefined ? [] : labelled("cut", base.cut)),
    ...labelled("paper", base.paper),
    ...(base.model === undefined ? [] : labelled("model", base.model)),
    ...labelled("where", base.path ?? base.ref),
    ...(base.opened_by_project
      ? []
      : labelled(
          "opened",
          "not by this project: the row was checked with a small file of the same inputs and outputs",
        )),
  ];
}

/** Returns the options of `train` that say the same. */
function preprocessingFlags({ rescale, mean, std, channels }: ImagePreprocessing): string[] {
  return [`--rescale ${rescale}`, `--mean ${mean.join()}`, `--std ${std.join()}`, `--channels ${channels}`];
}

function table(rows: readonly BaseInfo[]): string[] {
  const head = ["name", "for", "input", "weights", "download", "GMAC", "licence"];
  const cells = rows.map((r) => [
    r.available ? r.name : `${r.name} (missing)`,
    useOf(r),
    r.input,
    `${r.parameters} M`,
    r.download === undefined ? r.kind : megabytes(r.download),
    String(r.work),
    // The rest is in `bases show`.
    r.license.replace(/ \(.*/, ""),
  ]);
  return tableLines(head, cells, { left: head.length });
}

/** Lines below the list. */
const notes = [
  "GMAC: billions of multiply-adds for a picture, 128 tokens, a second of sound.",
  "Ten times the work takes about ten times as long.",
  "Hub bases are downloaded on first use. This project has not opened them.",
  "Their rows were checked with small files of the same inputs and outputs.",
  "Any other model: --base file.onnx, a folder, or hf:org/name[@revision]",
] as const;

/** `engraft bases [list | show NAME | pull NAME]` */
export const bases: Command<OptionsOf<"bases">> = async (args, _options, { output, signal }) => {
  const [action = "list", name] = args;
  if (action === "list") {
    const rows = await listBases();
    output.result({ bases: rows }, [...table(rows), "", ...notes]);
    return;
  }
  if (action !== "show" && action !== "pull")
    throw new EngraftError("OptionError", `bases knows no "${action}"`, {
      help: "engraft bases [list | show NAME | pull NAME]",
    });
  if (name === undefined)
    throw new EngraftError("OptionError", `bases ${action} needs a name`, {
      help: action === "show" ? "engraft bases show vision-open" : "engraft bases pull hf:org/name",
    });
  if (action === "show") {
    const base = await showBase(name);
    output.result({ base }, details(base));
    return;
  }
  const pulled = await pullBase(name, { onEvent: output.onEvent, signal });
  output.result({ ...pulled }, [
    ...labelled("base", `${pulled.ref}, ${formatBytes(pulled.bytes)}, licence ${pulled.license}`),
    ...labelled("where", pulled.path),
    ...labelled("sha256", pulled.sha256),
    ...(pulled.revision === undefined ? [] : labelled("revision", pulled.revision)),
  ]);
};
