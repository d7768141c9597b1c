import type { AnnotatedPicture, Annotations } from "../boxes/annotations.js";
import { type FolderContent, folderOf, partOfPath } from "../boxes/folder-content.js";
import type { Skipped } from "../dataset.js";
import { inOrder } from "../split/in-order.js";
import { factsOfMask } from "./mask-facts.js";
import { decideMaskKind, type NamedFacts } from "./mask-kind.js";
import { findMaskPairs } from "./mask-pairs.js";
import { boxesOfInstances } from "./mask-values.js";
import { namesOfMasks } from "./open-mask-pairs.js";
import { readMaskFile } from "./read-mask-file.js";

/** The class of all objects: their numbers tell them apart, and nothing tells what they are. */
const className = "object";

/**
 * Reads masks with a number for each object as annotations of boxes, for `openAnnotations`. The area of an object is its number of
 * pixels.
 *
 * @returns undefined if the folder has no masks, or masks of another kind
 * @example openAnnotations(content, (await readInstances(content))!, { seed: 0 })
 */
export async function readInstances(content: FolderContent): Promise<Annotations | undefined> {
  const { platform, root } = content;
  const { pairs, skipped, warnings } = findMaskPairs(content.pictures);
  const lost: Skipped[] = [...skipped];
  const masks: NamedFacts[] = [];
  const pictures: AnnotatedPicture[] = [];
  for await (const { id, mask, read } of inOrder(pairs, 4, async ({ id, mask }) => ({
    id,
    mask,
    read: await readMaskFile(content, mask),
  }))) {
    if (typeof read === "string") {
      lost.push({ item: mask, reason: read });
      continue;
    }
    masks.push({ name: mask, facts: factsOfMask(read) });
    pictures.push({
      id,
      path: platform.files.join(root, id),
      given: partOfPath(`${folderOf(id)}/-`),
      at: mask,
      refused: [],
      size: { width: read.width, height: read.height },
      objects: boxesOfInstances(read).map((one, i) => ({
        ...one,
        name: className,
        at: `${mask}, object ${i + 1}`,
      })),
    });
  }
  const names = await namesOfMasks(content);
  if (pictures.length === 0 || decideMaskKind(masks, names.length).kind.kind !== "instances")
    return undefined;
  return {
    layout: "instances",
    root,
    unit: "pixels",
    upright: true,
    reading: undefined,
    classes: [className],
    pictures,
    skipped: lost,
    notes: [],
    warnings,
  };
}
