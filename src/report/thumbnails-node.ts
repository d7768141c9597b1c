/** Small pictures of items for a report, as `data:` URIs. */

/** Side of a thumbnail, pixels: 96 is what the report shows on a phone; the longer side of a whole picture. */
const [side, longer] = [96, 192];
/** The same bound as for training pictures: 100 MP, before anything is decoded. */
const pixelLimit = 100_000_000;

/**
 * Makes a WebP of 96 × 96 pixels of each item (a picture's middle, EXIF rotation applied).
 * What cannot be read is left out: a report without a thumbnail is still a report.
 *
 * @param items id and absolute path
 * @param options.whole nothing is cut off: at most 192 pixels on the longer side
 * @returns `data:image/webp;base64,…` by id
 */
export async function makeThumbnails(
  items: readonly { readonly id: string; readonly path: string }[],
  { whole = false }: { readonly whole?: boolean } = {},
): Promise<Record<string, string>> {
  const { default: sharp } = await import("sharp");
  const made: Record<string, string> = {};
  for (const { id, path } of items) {
    try {
      const bytes = await sharp(path, { limitInputPixels: pixelLimit, pages: 1 })
        .rotate()
        .flatten({ background: "#ffffff" })
        .resize(whole ? longer : side, whole ? longer : side, { fit: whole ? "inside" : "cover" })
        .webp({ quality: 70 })
        .toBuffer();
      made[id] = `data:image/webp;base64,${bytes.toString("base64")}`;
    } catch {
      // Moved or damaged since the run began.
    }
  }
  return made;
}
