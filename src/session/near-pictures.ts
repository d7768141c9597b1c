import { stopIf } from "../core/errors.js";
import { pictureFileLimit } from "../core/file-limits.js";
import { pause } from "../core/pause.js";
import { checkHeader, decodeVersion } from "../data/images/decode.js";
import { type ComparedPicture, PictureIndex } from "../data/images/picture-index.js";
import { thumbnailSide } from "../data/images/picture-shape.js";
import { inOrder } from "../data/split/in-order.js";
import type { Platform } from "../platform/platform.js";
import type { Content } from "../tasks/inputs/read-content.js";
import { openFeatureCache } from "../train/feature-cache/feature-cache.js";
import type { NearCopiesOptions, OpenNearCopies } from "./near-copies.js";

const pixels = thumbnailSide ** 2;
/** Milliseconds of comparing after which other calls have their turn. */
const turn = 20;

/** Opens the search for near copies of pictures: that of runs, on thumbnails. */
export const openNearPictures: OpenNearCopies = async ({ platform, cache, onEvent, signal }) => {
  const index = new PictureIndex();
  const stored = await openThumbnails({ platform, cache, onEvent, signal });
  let last: Promise<unknown> = Promise.resolve();
  const groupsOf = async (pictures: readonly ComparedPicture[]): Promise<Int32Array> => {
    stopIf(signal);
    const steps = index.group(pictures);
    for (let begin = performance.now(), step = steps.next(); ; step = steps.next()) {
      if (step.done) return step.value;
      if (performance.now() - begin < turn) continue;
      await pause(0);
      stopIf(signal);
      begin = performance.now();
    }
  };
  return {
    async printsOf(contents) {
      const prints = new Array<Uint8Array | undefined>(contents.length);
      const names = contents.map(({ sha256 }) => sha256);
      await stored.forEach(names, (row, i) => {
        prints[i] = unpacked(row);
      });
      const missing = contents.flatMap((content, i) => (prints[i] ? [] : [{ content, i }]));
      const made = inOrder(missing, 4 * platform.cores(), async ({ content, i }) => {
        stopIf(signal);
        return { i, print: await thumbnailOf(content, platform) };
      });
      for await (const { i, print } of made) {
        prints[i] = print;
        await stored.put([names[i]!], packed(print));
      }
      return prints;
    },
    groupsOf(samples) {
      const pictures = samples.map(({ print, group }) => ({ thumbnail: print as Uint8Array, group }));
      const finding = last.then(() => groupsOf(pictures));
      last = finding.catch(() => undefined);
      return finding;
    },
    close: () => stored.close(),
  };
};

/** Opens the cache of thumbnails, which is in the folder of the cached features. */
async function openThumbnails({ platform, cache, onEvent }: NearCopiesOptions) {
  const stored = openFeatureCache({
    platform,
    enabled: cache,
    onWarning: (one) => onEvent({ event: "warning", ...one }),
  });
  const key = await stored.key({
    modelSha256: "none",
    cut: `thumbnail of ${thumbnailSide} pixels`,
    pooling: "none",
    preprocessing: {},
    preprocessingVersion: decodeVersion,
    decoder: await platform.pictures.version(),
    runtime: "none",
  });
  return stored.open(key, pixels);
}

async function thumbnailOf({ bytes, path }: Content, platform: Platform): Promise<Uint8Array> {
  const own = bytes ?? (await platform.files.read(path, { limit: pictureFileLimit }));
  const header = await checkHeader(own, platform, path);
  return (await platform.pictures.thumbnail(own, thumbnailSide, header)).data;
}

/** Returns a thumbnail as a row of features: 65536 red + 256 green + blue of each pixel. */
const packed = (thumbnail: Uint8Array): Float32Array =>
  Float32Array.from(
    { length: pixels },
    (_, i) => 65536 * thumbnail[3 * i]! + 256 * thumbnail[3 * i + 1]! + thumbnail[3 * i + 2]!,
  );

/** Returns the thumbnail of a row. */
const unpacked = (row: Float32Array): Uint8Array =>
  Uint8Array.from({ length: 3 * pixels }, (_, i) => row[Math.floor(i / 3)]! / 256 ** (2 - (i % 3)));
