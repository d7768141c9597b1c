import { EngraftError } from "../../core/errors.js";
import { message } from "../../core/messages/message.js";
import { splitOrigin } from "../../data/split/split-origin.js";
import type { Platform } from "../../platform/platform.js";
import type { Opened, OpenOptions, Sample } from "../dataset.js";
import { byCodePoint, type FoundPicture } from "../split/found.js";
import { requireNearlyAll } from "../split/nearly-all.js";
import { splitOff } from "../split/split.js";
import { defaultPlatform } from "./decode.js";
import { picturesBelow } from "./find-images.js";
import { scanPictures } from "./scan.js";

/** An image without a label. */
export type UnlabelledImage = Omit<Sample, "group">;

/** A dataset of images without labels. */
export type UnlabelledImages = Omit<Opened<UnlabelledImage>, "seed" | "warnings" | "testFingerprint">;

/** Share of the validation split. */
const validationShare = 0.15;

/**
 * Opens every image below a folder, without labels. Exact copies are removed, and 15 % become the validation split.
 * @throws DataError without images, or if more than 10 % are unreadable
 */
export async function openUnlabelledImages(
  root: string,
  options: Pick<OpenOptions, "seed" | "cache" | "signal" | "onEvent"> & { readonly platform?: Platform } = {},
): Promise<UnlabelledImages> {
  const { seed = 0, signal, onEvent, cache } = options;
  const platform = options.platform ?? (await defaultPlatform());
  const folder = platform.files.resolve(root);
  const skipped: { item: string; reason: string }[] = [];
  const found: FoundPicture[] = (await picturesBelow(platform.files, folder, skipped, signal)).map(
    ({ id, path }) => ({
      id,
      path,
      label: "",
      given: undefined,
    }),
  );
  if (found.length === 0)
    throw new EngraftError("DataError", `no pictures in ${JSON.stringify(folder)}`, {
      help: "give a folder of pictures; they need no labels and no folders of their own",
    });
  const scanned = await scanPictures(found, { platform, root: folder, cache, signal, onEvent });
  const seen = new Set<string>();
  const readable: { id: string; path: string; sha256: string }[] = [];
  let bad = 0;
  for (const [i, { id, path }] of found.entries()) {
    const result = scanned[i]!;
    if ("reason" in result) {
      bad++;
      skipped.push({ item: id, reason: result.reason });
    } else if (!seen.has(result.sha256)) {
      seen.add(result.sha256);
      readable.push({ id, path, sha256: result.sha256 });
    }
  }
  requireNearlyAll(bad, { all: found.length, unit: "picture", where: folder, skipped });
  readable.sort((a, b) => byCodePoint(a.id, b.id));
  const numbers = readable.map((_, i) => i);
  const { parts } = splitOff(
    readable.map(({ sha256 }) => ({ sha256, label: 0 })),
    1,
    [{ part: "validation", fraction: validationShare }],
    { exact: numbers, near: numbers },
    seed,
  );
  const items = readable.map((one, i): UnlabelledImage => ({ ...one, part: parts[i]! }));
  const lines = items.map(({ sha256, part }) => `${sha256} ${part}`).sort(byCodePoint);
  return {
    root: folder,
    items,
    ...splitOrigin([message("unlabelled-held-back", { percent: 100 * validationShare, seed })]),
    skipped,
    fingerprint: await platform.sha256(lines),
  };
}
