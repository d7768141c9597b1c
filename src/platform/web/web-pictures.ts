import { average, oversampling } from "../area-average.js";
import { isBmp } from "../bmp-header.js";
import { readPictureHeader } from "../picture-header.js";
import type { PictureData, PictureHeader, Pictures } from "../platform.js";
import { resizeLikeVips } from "../resize.js";
import type { Canvas, DecodedBitmap, WebScope } from "./web-scope.js";
import { webScope } from "./web-scope.js";

/** Increase it when this file changes the pixels: it is part of the key of cached features. */
const version = 1;

/** Most pixels of an image that are read at once; the browser shrinks a larger one first. */
const mostPixels = 16_000_000;
/** Most pixels that are decoded in parallel, whatever the number of cores: 4 bytes each, twice. */
const mostAtOnce = 2 * mostPixels;

/**
 * The browser's decoder, and our own for BMP. Everything after decoding is as in Node: the whole image over white,
 * resized by {@link resizeLikeVips}. Decoders differ by a level or two for JPEG, and for images in another colour space
 * than sRGB.
 */
export function webPictures(scope: WebScope = webScope()): Pictures {
  const gate = byPixels(mostAtOnce);

  /** @param longest the image may be smaller, but not below this on either side */
  async function pixels(
    bytes: Uint8Array,
    header: PictureHeader,
    least: { readonly height: number; readonly width: number },
    thumbnail: boolean,
  ): Promise<PictureData> {
    if (header.format === "bmp" && isBmp(bytes)) return (await import("../bmp.js")).readBmp(bytes);
    const { height, width } = header;
    const shrink = thumbnail
      ? [Math.min(height, least.height), Math.min(width, least.width)]
      : height * width > mostPixels
        ? factor(height, width, least)
        : undefined;
    const bitmap = await decodeBitmap(scope, bytes, shrink, header.format);
    try {
      return overWhite(scope, bitmap);
    } finally {
      bitmap.close();
    }
  }

  return {
    version: async () => `${browserName(scope)}, Engraft's resizing ${version}`,
    header: async (bytes) => readPictureHeader(bytes),
    decode: (bytes, size, known) => {
      const header = known ?? readPictureHeader(bytes);
      return gate(header.height * header.width, async () =>
        resizeLikeVips(await pixels(bytes, header, size, false), size),
      );
    },
    thumbnail: (bytes, side, known) => {
      const header = known ?? readPictureHeader(bytes);
      const fine = { height: side * oversampling, width: side * oversampling };
      return gate(header.height * header.width, async () =>
        average(await pixels(bytes, header, fine, true), side),
      );
    },
  };
}

/** Height and width of an image with too many pixels, reduced by a whole factor: still twice what is needed. */
function factor(
  height: number,
  width: number,
  least: { readonly height: number; readonly width: number },
): [number, number] | undefined {
  const wanted = Math.ceil(Math.sqrt((height * width) / mostPixels));
  const possible = Math.floor(Math.min(height / (2 * least.height), width / (2 * least.width)));
  const by = Math.min(wanted, possible);
  return by > 1 ? [Math.round(height / by), Math.round(width / by)] : undefined;
}

/** Formats that most browsers do not decode. */
const rarelyDecoded: Readonly<Record<string, string>> = { heif: "HEIC", tiff: "TIFF" };

async function decodeBitmap(
  scope: WebScope,
  bytes: Uint8Array,
  size: readonly number[] | undefined,
  format = "",
): Promise<DecodedBitmap> {
  const decode = scope.createImageBitmap;
  if (!decode) throw new Error("this browser has no createImageBitmap");
  const [resizeHeight, resizeWidth] = size ?? [];
  try {
    return await decode.call(scope, new Blob([new Uint8Array(bytes)]), {
      imageOrientation: "from-image",
      premultiplyAlpha: "premultiply",
      ...(resizeHeight !== undefined && { resizeHeight, resizeWidth: resizeWidth!, resizeQuality: "medium" }),
    });
  } catch (error) {
    const rare = rarelyDecoded[format];
    const why = rare === undefined ? `: ${(error as Error).message}` : ` does not read ${rare}`;
    throw new Error(`this browser${why}`, { cause: error });
  }
}

/** Returns the RGB of a bitmap, with transparency over white. */
function overWhite(scope: WebScope, bitmap: DecodedBitmap): PictureData {
  const { height, width } = bitmap;
  const [, context] = canvasOf(scope, height, width);
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0, width, height);
  const rgba = context.getImageData(0, 0, width, height).data;
  const data = new Uint8Array(3 * height * width);
  for (let i = 0, k = 0; i < data.length; i += 3, k += 4) {
    data[i] = rgba[k]!;
    data[i + 1] = rgba[k + 1]!;
    data[i + 2] = rgba[k + 2]!;
  }
  return { height, width, data };
}

/** Returns an `ImageBitmap` or `ImageData` of a page as a BMP file, with transparency over white. */
export async function bytesOfPixels(pixels: object, scope: WebScope = webScope()): Promise<Uint8Array> {
  const bitmap = await scope.createImageBitmap!(pixels as Blob);
  try {
    return (await import("../bmp.js")).writeBmp(overWhite(scope, bitmap));
  } finally {
    bitmap.close();
  }
}

function canvasOf(scope: WebScope, height: number, width: number) {
  if (!scope.OffscreenCanvas) throw new Error("this browser has no OffscreenCanvas");
  const canvas: Canvas = new scope.OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error(`this browser gives no canvas of ${width} × ${height}`);
  return [canvas, context] as const;
}

/** Side of an image in a report, pixels: as in Node. */
const reportSide = 96;

/** Returns an image for a report: its centre, as a `data:` URI of 96 × 96 pixels. */
export async function reportThumbnail(bytes: Uint8Array, scope: WebScope = webScope()): Promise<string> {
  const { height, width } = readPictureHeader(bytes);
  const scale = reportSide / Math.min(height, width);
  const [h, w] = [Math.round(height * scale), Math.round(width * scale)];
  const bitmap = await decodeBitmap(scope, bytes, [h, w]);
  const [canvas, context] = canvasOf(scope, reportSide, reportSide);
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, reportSide, reportSide);
  context.drawImage(bitmap, (reportSide - w) / 2, (reportSide - h) / 2, w, h);
  bitmap.close();
  const blob = await canvas.convertToBlob({ type: "image/webp", quality: 0.7 });
  let text = "";
  for (const byte of new Uint8Array(await blob.arrayBuffer())) text += String.fromCharCode(byte);
  return `data:${blob.type};base64,${btoa(text)}`;
}

/** Returns name and version: Chromium 140, Firefox 140, Safari 18.1 */
export function browserName(scope: WebScope = webScope()): string {
  const agent = scope.navigator?.userAgent ?? "";
  const found = /(Firefox|Edg|Chrome)\/([\d.]+)/.exec(agent) ?? /Version\/([\d.]+).*(Safari)/.exec(agent);
  if (!found) return "a browser";
  const [, a, b] = found;
  return /^\d/.test(a!) ? `${b} ${a}` : `${a} ${b}`;
}

/** Runs tasks in parallel while their pixels together stay below a limit; a larger one runs alone. */
function byPixels(most: number): <T>(pixels: number, task: () => Promise<T>) => Promise<T> {
  let used = 0;
  const queue: { readonly pixels: number; readonly go: () => void }[] = [];
  const next = (): void => {
    while (queue[0] && (used === 0 || used + queue[0].pixels <= most)) {
      used += queue[0].pixels;
      queue.shift()!.go();
    }
  };
  return async (pixels, task) => {
    await new Promise<void>((go) => {
      queue.push({ pixels, go });
      next();
    });
    try {
      return await task();
    } finally {
      used -= pixels;
      next();
    }
  };
}
