// A picture as Transformers crops it: resized until its shorter side has a length, then the centre is cut out. Loaded on demand: most
// bases take whole pictures.
import { picturePixelLimit } from "../../core/file-limits.js";
import type { PictureHeader, Platform } from "../../platform/platform.js";
import type { ImagePreprocessing, Pixels } from "../dataset.js";

/** Whole pixels of a length, rounded as in Transformers.js. */
const whole = (length: number): number => Math.floor(Number(length.toFixed(2)));

/**
 * Decodes the centre of a picture.
 * @param size.shortestEdge at least height and width
 * @returns pixels, and their place in the picture
 * @throws Error if the resized picture is too large
 */
export async function decodeCentre(
  { pictures }: Platform,
  bytes: Uint8Array,
  { height, width, shortestEdge }: Required<Pick<ImagePreprocessing, "height" | "width" | "shortestEdge">>,
  header: PictureHeader,
): Promise<Pixels> {
  const scale = Math.max(shortestEdge / header.width, shortestEdge / header.height);
  const resized = { height: whole(header.height * scale), width: whole(header.width * scale) };
  if (resized.height * resized.width > picturePixelLimit)
    throw new Error(`its sides, ${header.width} × ${header.height} pixels, are too different for a crop`);
  const { data } = await pictures.decode(bytes, resized, header);
  const [top, left] = [(resized.height - height) >> 1, (resized.width - width) >> 1];
  const pixels = new Uint8Array(height * width * 3);
  for (let y = 0; y < height; y++) {
    const from = 3 * ((top + y) * resized.width + left);
    pixels.set(data.subarray(from, from + 3 * width), 3 * width * y);
  }
  const { height: high, width: wide } = resized;
  return { height, width, data: pixels, inside: [left / wide, top / high, width / wide, height / high] };
}
