import { type Inspection, inspectModel } from "../../bases/index.js";
import type { InspectedLevel, InspectedLevels } from "../../bases/levels/inspect-levels.js";
import { formatShape } from "../../core/shape.js";
import type { Command } from "../command.js";
import type { OptionsOf } from "../options/options.js";
import { labelled } from "../render/labelled.js";
import { formatBytes, formatCount } from "../render/render.js";

/** Most cuts that are shown; the last are the useful ones. */
const shownCuts = 12;
/** Most refused values that are shown: the last ones. */
const shownRefused = 8;

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
    ...textLines(i.text),
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

/** Returns the lines of `engraft inspect` on a model of texts. */
function textLines(text: Inspection["text"]): string[] {
  if (!text) return [];
  const { kind = "a model of texts", layers, heads, keyHeads, vocabulary, width, tied, served } = text;
  const shared = keyHeads !== undefined && keyHeads !== heads && ` (${keyHeads} of keys and values)`;
  const facts = [
    kind,
    layers !== undefined && `${layers} layers`,
    heads !== undefined && `${heads} heads${shared || ""}`,
    heads === undefined && keyHeads !== undefined && `${keyHeads} heads of keys and values`,
    vocabulary !== undefined && `${formatCount(vocabulary)} tokens of ${width} numbers each`,
  ];
  return labelled(
    "text",
    facts.filter((fact) => fact !== false).join(", "),
    ...(tied.length > 0
      ? [`one weight with the word embedding: ${tied.map((value) => `"${value}"`).join(", ")}`]
      : []),
    ...(served.length > 0 ? [`Transformers.js runs ${served.join(" and ")}`] : []),
  );
}

/** Returns the lines of `engraft inspect` on feature levels. */
export function levelLines(found: InspectedLevels | undefined): string[] {
  if (!found) return [];
  const { kind, levels, decoder, picture, otherSizes, usable, refused } = found;
  const strides = levels.map((level) => levelLine(`stride ${level.stride}`, level));
  if (!usable) {
    const values = refused.slice(-shownRefused);
    return labelled(
      "levels",
      "too few for boxes and masks, which need features of two strides",
      ...strides,
      ...values.map(({ value, shape, why }) => `"${value}" ${formatShape(shape)}: ${why}`),
    );
  }
  const only = otherSizes ? "" : ", the only size that it takes";
  return labelled(
    "levels",
    `of a ${kind}, for pictures of ${picture.height} x ${picture.width} pixels${only}`,
    ...strides,
    ...(decoder ? [levelLine(`decoder, stride ${decoder.stride}`, decoder)] : []),
  );
}

function levelLine(name: string, { height, width, values }: InspectedLevel): string {
  const maps = values.map(
    ({ value, use, channels }) => `"${value}" ${channels} channels${use === "both" ? "" : ` for ${use}`}`,
  );
  return `${name}: ${height} x ${width}, ${maps.join(", ")}`;
}

/** `engraft inspect <file.onnx>`, or of data */
export const inspect: Command<OptionsOf<"inspect">> = async ([ref = ""], inspectOptions, context) => {
  const { output, signal } = context;
  const boxes = await (await import("./inspect-boxes.js")).inspectBoxes(ref, inspectOptions, context);
  if (boxes) return output.result({ ...boxes.result }, boxes.lines);
  const { isData, inspectionLines, requireSomething } = await import("./inspect-data.js");
  await requireSomething(ref);
  if (await isData(ref)) {
    const { inspectData } = await import("../../tasks/inspect-data.js");
    const { result, lines } = await inspectData(ref, { ...inspectOptions, signal }).then(
      (found) => ({ result: found, lines: inspectionLines(ref, found) }),
      async (error) => (await import("./inspect-pairs.js")).inspectPairs(ref, inspectOptions, error),
    );
    return output.result({ ...result }, lines);
  }
  const inspection = await inspectModel(ref, { onEvent: output.onEvent, signal });
  output.result({ ...inspection }, lines(inspection));
};
