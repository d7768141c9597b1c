import { EngraftError } from "../../core/errors.js";
import type { Tensor } from "../../core/tensor.js";
import { findImages } from "../../data/images/find-images.js";
import { openUnlabelledImages } from "../../data/images/unlabelled-images.js";
import {
  type Augmentation,
  batches,
  type ImageItem,
  type ImagePreprocessing,
  openImages,
  PixelCache,
} from "../../data/index.js";
import { findLists, listNames } from "../../data/lists/find-lists.js";
import { splitOf } from "../../data/split/split-origin.js";
import type { TaskOptions } from "../../options/options.js";
import type { Platform } from "../../platform/platform.js";
import type { Domain, Inputs } from "./domain.js";

/** A domain of pictures with labels. */
export async function openPictures(
  path: string,
  options: TaskOptions & { readonly groupFrom?: string },
  platform: Platform,
): Promise<Domain> {
  const { seed = 0, signal, onEvent, cache, groupFrom } = options;
  const data = await openImages(path, {
    seed,
    platform,
    ...(groupFrom !== undefined && { groupFrom }),
    ...(cache !== undefined && { cache }),
    ...(signal && { signal }),
    ...(onEvent && { onEvent }),
  });
  const { root, classes, items, skipped, warnings, fingerprint } = data;
  return { root, classes, items, ...splitOf(data), skipped, warnings, fingerprint };
}

/** True for a folder that is laid out as a list. A JSON document beside pictures may say something else about them. */
async function holdsList(files: Platform["files"], folder: string): Promise<boolean> {
  const layout = (await findLists(files, folder))?.layout;
  if (layout === "splits" || layout === "metadata") return true;
  return (await listNames(files, folder)).some((name) => !/\.json$/i.test(name));
}

/**
 * The target: with labels when it is laid out as labelled data is, otherwise every picture below the folder.
 * @throws DataError when all its pictures are in one folder that is called as a class of the source
 */
export async function openTargetPictures(
  path: string,
  classes: readonly string[],
  options: TaskOptions & { readonly groupFrom?: string },
  platform: Platform,
): Promise<Domain> {
  const { files } = platform;
  const root = files.resolve(path);
  const kind = (await files.stat(root))?.kind;
  if (kind !== "folder" || (await holdsList(files, root))) return openPictures(path, options, platform);
  const found = await findImages(files, root, options.signal);
  const labels = [...new Set(found.pictures.map((p) => p.label))];
  if (labels.length >= 2) return openPictures(path, options, platform);
  const [only] = labels;
  if (only !== undefined && classes.includes(only))
    throw new EngraftError("DataError", `the target has pictures of one class only: "${only}"`, {
      at: root,
      help: "domains are aligned as wholes, so the target needs pictures of all classes, with or without labels",
    });
  const { seed = 0, signal, onEvent, cache } = options;
  const data = await openUnlabelledImages(root, {
    seed,
    platform,
    ...(cache !== undefined && { cache }),
    ...(signal && { signal }),
    ...(onEvent && { onEvent }),
  });
  const { items, skipped, fingerprint } = data;
  return {
    root,
    classes: [],
    items: items.map((i) => ({ ...i, label: -1 })),
    ...splitOf(data),
    skipped,
    warnings: [],
    fingerprint,
  };
}

/** Pictures as bytes, uint8[batch, height, width, 3]. */
export function pictureInputs(
  preprocessing: ImagePreprocessing,
  options: {
    readonly platform: Platform;
    readonly augmentation: Augmentation;
    readonly seed: number;
    readonly pictures: number;
    readonly signal?: AbortSignal;
  },
): Inputs & { readonly decoded: PixelCache } {
  const { platform, augmentation, seed, pictures, signal } = options;
  const { height, width } = preprocessing;
  const decoded = PixelCache.for(pictures, preprocessing);
  return {
    unit: "picture",
    decoded,
    async *batches(items, { order, batch, epoch }) {
      const given = batches(items as readonly ImageItem[], {
        order,
        batchSize: batch,
        preprocessing,
        ...(epoch !== undefined && { augmentation, seed, epoch }),
        decoded,
        platform,
        ...(signal && { signal }),
      });
      for await (const { pixels, indices } of given) {
        const x: Tensor = { dtype: "uint8", dims: [indices.length, height, width, 3], data: pixels };
        yield { x, indices };
      }
    },
  };
}
