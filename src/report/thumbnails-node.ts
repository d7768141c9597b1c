// Small pictures of samples for a report, as `data:` URIs.

/** Side of a thumbnail, and longer side of a whole picture, in pixels. */
const [side, longer] = [96, 192];
/** Largest picture that is decoded: 100 MP, as for training pictures. */
const pixelLimit = 100_000_000;

/**
 * Makes a WebP of 96 × 96 pixels from the middle of each picture, after EXIF rotation. Unreadable pictures are left out.
 *
 * @param items id and absolute path
 * @param options.whole true: the whole picture, at most 192 pixels on the longer side
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
