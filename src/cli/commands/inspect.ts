import { type Inspection, inspectModel } from "../../bases/index.js";
import type { Command } from "../command.js";
import type { OptionsOf } from "../options/options.js";
import { labelled } from "../render/labelled.js";
import { formatBytes, formatCount } from "../render/render.js";
import { levelLines } from "./inspect-levels.js";

/** Most cuts that are shown; the last are the useful ones. */
const shownCuts = 12;

/** Returns what can train in the part that ends with a cut, if not all of it can. */
function trains(i: Inspection, value: string): string {
  const stage = i.stages.find((s) => s.to === value);
  if (!stage || stage.trains === "yes") return "";
  return stage.trains === "no" ? "; this part cannot train" : "; this part can train in part";
}

function lines(i: Inspection): string[] {
  const cuts = i.cuts.slice(-shownCuts);
  const word = { rule: "gradient", zero: "gradient is zero", refuse: "no gradient" };
  const widest = Math.max(8, ...i.operators.map((o) => o.op.length));
  return [
    ...labelled(
      "file",
      i.file,
      `${formatBytes(i.bytes)}, opset ${i.opset}, ${i.producer || "unknown producer"}`,
    ),
    ...labelled("sha256", i.sha256),
    ...labelled("inputs", ...i.inputs),
    ...labelled("outputs", ...i.outputs),
    ...labelled(
      "family",
      i.family.name,
      ...(i.family.because.length > 0 ? [`by its structure: ${i.family.because.join("; ")}`] : []),
    ),
    ...labelled(
      "weights",
      `${formatCount(i.parameters.trainable)} trainable of ${formatCount(i.parameters.stored)} stored`,
    ),
    ...labelled(
      "work",
      i.macs.total === undefined
        ? "not known: some sizes are not"
        : `${formatCount(i.macs.total)} multiply-accumulates for ${i.macs.input.join(", ")}`,
      ...(i.macs.uncounted.length > 0 ? [`without ${i.macs.uncounted.join(", ")}`] : []),
    ),
    ...(i.notes.length > 0 ? labelled("notes", ...i.notes) : []),
    ...labelled("operators"),
    ...i.operators.map(
      (o) =>
        `  ${o.op.padEnd(widest)} ${String(o.count).padStart(5)}  ${word[o.decision]}${o.because === undefined ? "" : `: ${o.because}`}`,
    ),
    ...(i.cut ? labelled("cut", `"${i.cut.value}": ${i.cut.because}`) : []),
    ...(cuts.length > 0
      ? labelled(
          "cuts",
          ...(i.cuts.length > cuts.length ? [`the last ${cuts.length} of ${i.cuts.length}`] : []),
          ...cuts.map(
            (c) =>
              `"${c.value}" ${c.type}, ${c.features ?? "?"} features, ${formatCount(c.parameters)} weights before it${trains(i, c.value)}`,
          ),
        )
      : []),
    ...levelLines(i.levels),
    ...labelled(
      "fine-tune",
      i.fineTune.words,
      ...(i.fineTune.help ? [`help: ${i.fineTune.help}`] : []),
      ...(i.fineTune.parameters > 0 ? [`${formatCount(i.fineTune.parameters)} weights can move`] : []),
    ),
  ];
}

/** `engraft inspect <file.onnx>`, or a folder of pictures with boxes */
export const inspect: Command<OptionsOf<"inspect">> = async ([ref = ""], _options, context) => {
  const { output, signal } = context;
  const boxes = await (await import("./inspect-boxes.js")).inspectBoxes(ref, context);
  if (boxes) return output.result({ ...boxes.result }, boxes.lines);
  const inspection = await inspectModel(ref, { onEvent: output.onEvent, signal });
  output.result({ ...inspection }, lines(inspection));
};
