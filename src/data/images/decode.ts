import { EngraftError, messageOf } from "../../core/errors.js";
import { pictureFileLimit, picturePixelLimit } from "../../core/file-limits.js";
import type { PictureHeader, Platform } from "../../platform/platform.js";
import type { ImagePreprocessing, Pixels } from "../dataset.js";

/** Returns the platform of this machine; loaded only if none was given, so that a browser never loads Node's. */
export async function defaultPlatform(): Promise<Platform> {
  const { nodePlatform } = await import("../../platform/node.js");
  return nodePlatform;
}

/** Accepted formats, by content. SVG and PDF are refused, since they can contain programs. */
const formats: ReadonlySet<string> = new Set(["jpeg", "png", "webp", "gif", "tiff", "heif", "avif", "bmp"]);

/** Part of the key of everything computed from decoded pixels: increase it if a change here changes the pixels. */
export const decodeVersion = 1;

/**
 * Decodes an image as the base expects it: first frame, EXIF rotation, alpha over white, 16 bit, CMYK and gray to 8-bit
 * sRGB, fully decoded and then resized as a whole (Lanczos, aspect ratio not kept), or its centre with `shortestEdge`. Equals Transformers.js 4.3 in Node
 * with `resample: 1`, except for alpha and 16 bit. A truncated image is refused.
 *
 * @param source path of a file, or its bytes
 * @param size height and width in pixels, and the shorter side before a centre crop
 * @returns uint8[height, width, 3], RGB
 * @throws DataError with the reason if it is not an image; FileError if the file cannot be read
 * @example const { data } = await decodePixels("rose.jpg", { height: 96, width: 96 });
 */
export async function decodePixels(
  source: string | Uint8Array,
  size: Pick<ImagePreprocessing, "height" | "width" | "shortestEdge">,
  platform?: Platform,
): Promise<Pixels> {
  const machine = platform ?? (await defaultPlatform());
  const bytes =
    typeof source === "string" ? await machine.files.read(source, { limit: pictureFileLimit }) : source;
  const name = typeof source === "string" ? source : undefined;
  const header = await checkHeader(bytes, machine, name);
  try {
    const { shortestEdge } = size;
    if (shortestEdge === undefined) return await machine.pictures.decode(bytes, size, header);
    const { decodeCentre } = await import("./centre-crop.js");
    return await decodeCentre(machine, bytes, { ...size, shortestEdge }, header);
  } catch (error) {
    throw pictureError(await reasonFor(bytes, error), name, error);
  }
}

/** Returns the header of an image, with its upright size. @throws as {@link decodePixels} */
export async function pictureHeader(source: string | Uint8Array, machine: Platform): Promise<PictureHeader> {
  if (typeof source !== "string") return checkHeader(source, machine);
  return checkHeader(await machine.files.read(source, { limit: pictureFileLimit }), machine, source);
}

/**
 * Checks the header of an image before anything is decoded.
 * @throws DataError: empty, not an image, or more pixels than `picturePixelLimit`
 */
export async function checkHeader(
  bytes: Uint8Array,
  machine: Platform,
  name?: string,
): Promise<PictureHeader> {
  if (bytes.length === 0) throw pictureError("the file is empty", name);
  const header = await machine.pictures.header(bytes).catch(async (error: unknown) => {
    throw pictureError(await reasonFor(bytes, error), name, error);
  });
  if (!formats.has(header.format)) throw pictureError(`its content is ${header.format}, not a picture`, name);
  const { height, width } = header;
  if (!(height > 0 && width > 0)) throw pictureError(`it says it is ${width} × ${height} pixels`, name);
  if (height * width > picturePixelLimit)
    throw pictureError(
      `${width} × ${height} pixels is more than the limit of 100 million (a decompression bomb?)`,
      name,
    );
  return header;
}

/** Returns why bytes could not be decoded. HEIC is checked only then: some browsers decode it. */
export async function reasonFor(bytes: Uint8Array, error: unknown): Promise<string> {
  const { heicReason, isHeic } = await import("./heic.js");
  return isHeic(bytes) ? heicReason : reasonOf(error);
}

/** Returns the reason in an error of {@link decodePixels}, for lists of skipped items. */
export function reasonOf(error: unknown): string {
  if (error instanceof EngraftError) {
    const { reason } = error.details;
    return typeof reason === "string" ? reason : error.message;
  }
  const message = messageOf(error).split("\n")[0]!.trim();
  if (/unsupported image format|no loader|not.*known.*format/i.test(message))
    return "it is not a picture of a known format";
  if (/premature end|truncated|end of (file|stream)|not enough|ends? (too|before)|read gave 0/i.test(message))
    return `it ends too early or is damaged (${message})`;
  return `it cannot be decoded (${message})`;
}

function pictureError(reason: string, name: string | undefined, cause?: unknown): EngraftError {
  const which = name === undefined ? "the picture" : JSON.stringify(name);
  return new EngraftError("DataError", `cannot read ${which}: ${reason}`, {
    help: "open it in a picture viewer and save it again as JPEG or PNG, or remove it",
    code: "broken-picture",
    details: { reason, ...(name === undefined ? {} : { path: name }) },
    cause,
  });
}
