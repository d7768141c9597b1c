import { isTaskWith } from "../../core/results/task.js";
import type { FolderContent } from "../../data/boxes/folder-content.js";
import { contentOf, openAnnotations } from "../../data/boxes/open-boxes.js";
import { annotationsAt, readAnnotations } from "../../data/boxes/read-annotations.js";
import { annotatedUnit, type BoxSummary, summarizeBoxes } from "../../data/boxes/summarize-boxes.js";
import type { MaskKind } from "../../data/masks/mask-kind.js";
import type { OpenMasksOptions } from "../../data/masks/open-mask-pairs.js";
import { nodePlatform } from "../../platform/node.js";
import type { InspectDataOptions } from "../../tasks/inspect-data.js";
import type { Context } from "../command.js";
import { labelled } from "../render/labelled.js";
import { formatCount } from "../render/render.js";
import { isModelFolder } from "./inspect-data.js";

/** Most classes and left-out annotations that are shown. */
const shown = 12;

/** Annotation files that may be given instead of their folder. */
const annotationFile = /\.(json|jsonl|xml|ya?ml|csv|tsv)$/i;

/**
 * Describes images with boxes or masks at a path.
 * @returns undefined if the path is a model or has no annotations
 */
export async function inspectBoxes(
  path: string,
  { task, groupFrom, seed }: Pick<InspectDataOptions, "task" | "groupFrom" | "seed">,
  { output, signal }: Context,
): Promise<{ readonly result: object; readonly lines: readonly string[] } | undefined> {
  const { files } = nodePlatform;
  const state = await files.stat(files.resolve(path)).catch(() => undefined);
  const isFile = state?.kind === "file" && annotationFile.test(path);
  if (!isFile && (state?.kind !== "folder" || (await isModelFolder(path)))) return undefined;
  // As a training would decide.
  const target =
    task !== undefined
      ? annotatedHeadOf(task)
      : isFile
        ? "boxes"
        : await annotationsAt(nodePlatform, files.resolve(path), signal);
  if (target === undefined) return undefined;
  const content = await contentOf(nodePlatform, path, signal);
  const how = { signal, onEvent: output.onEvent, emptyParts: true, groupFrom, seed };
  if (target !== "boxes") return inspectMasks(content, how);
  const annotations = await readAnnotations(content);
  if (annotations === undefined) return undefined;
  const result = summarizeBoxes(
    await openAnnotations(content, annotations, { ...how, platform: nodePlatform }),
  );
  return { result, lines: linesOf(content.root, result) };
}

const kinds = {
  binary: "0 is the background, other values are one class",
  classes: "class numbers; 255 is not counted",
  instances: "a number for each object",
  colours: "a colour for each class",
  outlines: "drawn from outlines",
} as const;

/** Says what the values of masks mean. */
function kindWords(kind: MaskKind): string {
  const least = kind.kind === "binary" ? kind.least : undefined;
  const words = least === undefined ? kinds[kind.kind] : `values from ${least} on are one class`;
  return "channel" in kind && kind.channel === "alpha" ? `in the alpha channel, ${words}` : words;
}

/** Returns what the annotations of pictures are for a task; undefined for other tasks. */
const annotatedHeadOf = (task: string) =>
  (["boxes", "masks"] as const).find((head) => isTaskWith(task, { head }));

async function inspectMasks(content: FolderContent, options: OpenMasksOptions) {
  const { openMasks } = await import("../../data/masks/open-masks.js");
  const data = await openMasks(content, options);
  if (data === undefined) return undefined;
  const { kind, classes, items, skipped, warnings } = data;
  const [train = 0, validation = 0, test = 0] = (["train", "validation", "test"] as const).map(
    (part) => items.filter((item) => item.part === part).length,
  );
  const result = { kind: kind.kind, classes, pictures: items.length, splits: { train, validation, test } };
  return {
    result: { ...result, skipped, warnings: warnings.map(({ message }) => message) },
    lines: [
      ...labelled("data", content.root),
      ...labelled("layout", `pictures with masks: ${kindWords(kind)}`),
      ...labelled(
        annotatedUnit,
        `${formatCount(items.length)}: ${formatCount(train)} train, ${formatCount(validation)} validation, ${formatCount(test)} test`,
      ),
      ...labelled("split", data.splitWords),
      ...labelled("classes", classes.join(", ")),
      ...leftOut(skipped),
      ...(warnings.length > 0 ? labelled("warnings", ...warnings.map(({ message }) => message)) : []),
    ],
  };
}

function leftOut(skipped: BoxSummary["skipped"]): string[] {
  if (skipped.length === 0) return [];
  return labelled(
    "left out",
    `${formatCount(skipped.length)} annotations or pictures`,
    ...skipped.slice(0, shown).map(({ item, reason }) => `${item}: ${reason}`),
    ...more(skipped.length, "(--json lists all)"),
  );
}

const more = (n: number, what: string): string[] => (n > shown ? [`and ${n - shown} more ${what}`] : []);

function linesOf(root: string, s: BoxSummary): string[] {
  const { train, validation, test } = s.splits;
  const width = Math.max(...s.classes.map(({ name }) => name.length), 1);
  const classes = [...s.classes]
    .sort((a, b) => b.boxes - a.boxes)
    .slice(0, shown)
    .map(
      ({ name, boxes, pictures }) =>
        `${name.padEnd(width)}  ${formatCount(boxes)} boxes in ${formatCount(pictures)} pictures`,
    );
  const marked = [
    ...(s.crowds > 0 ? [`${formatCount(s.crowds)} crowd regions, which are not trained on`] : []),
    ...(s.difficult > 0
      ? [`${formatCount(s.difficult)} difficult objects, which the test score leaves out`]
      : []),
    ...(s.outlines > 0 ? [`${formatCount(s.outlines)} with an outline, from which masks are drawn`] : []),
  ];
  return [
    ...labelled("data", root),
    ...labelled("layout", s.layout, ...s.notes),
    ...labelled(
      annotatedUnit,
      `${formatCount(s.pictures)}: ${formatCount(train.pictures)} train, ${formatCount(validation.pictures)} validation, ${formatCount(test.pictures)} test`,
      `${formatCount(s.empty_pictures)} without an object`,
    ),
    ...labelled("split", s.split_words),
    ...labelled(
      "boxes",
      `${formatCount(s.boxes)}: ${formatCount(train.boxes)} train, ${formatCount(validation.boxes)} validation, ${formatCount(test.boxes)} test`,
      ...marked,
    ),
    ...labelled("classes", ...classes, ...more(s.classes.length, "classes")),
    ...leftOut(s.skipped),
    ...(s.warnings.length > 0 ? labelled("warnings", ...s.warnings) : []),
  ];
}
