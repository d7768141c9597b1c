import { EngraftError, messageOf } from "../core/errors.js";
import { picturePixelLimit } from "../core/file-limits.js";
import { average, oversampling } from "./area-average.js";
import { readBmp } from "./bmp.js";
import { isBmp, readBmpHeader } from "./bmp-header.js";
import { drawingMark } from "./disk/write-output.js";
import { readExif } from "./exif.js";
import type { PictureData, PictureHeader, PictureOverlay, Pictures } from "./platform.js";

/**
 * "error": an image that is cut off or damaged is refused, because half an image teaches something wrong. Warnings
 * (stray bytes, odd metadata) are accepted.
 */
const failOn = "error";

async function load(): Promise<typeof import("sharp")["default"]> {
  const { default: sharp } = await import("sharp").catch((error: unknown) => {
    throw new EngraftError("FileError", "the picture decoder (sharp) cannot be loaded on this machine", {
      at: messageOf(error).split("\n")[0]!,
      help: "install again with optional dependencies: npm install --include=optional sharp",
      cause: error,
    });
  });
  // Each image is read once, so the library's cache would only use memory.
  sharp.cache(false);
  return sharp;
}

async function header(bytes: Uint8Array): Promise<PictureHeader> {
  if (isBmp(bytes)) {
    const { height, width } = readBmpHeader(bytes);
    return { format: "bmp", height, width, frames: 1 };
  }
  const sharp = await load();
  const m = await sharp(bytes, { failOn, limitInputPixels: false }).metadata();
  const taken = m.exif && readExif(m.exif).taken;
  return {
    format: m.format ?? "unknown",
    height: m.autoOrient?.height ?? m.height,
    width: m.autoOrient?.width ?? m.width,
    frames: m.pages ?? 1,
    ...(m.orientation !== undefined && m.orientation > 1 && { orientation: m.orientation }),
    ...(taken !== undefined && { taken }),
  };
}

async function pipeline(bytes: Uint8Array): Promise<import("sharp").Sharp> {
  const sharp = await load();
  if (isBmp(bytes)) {
    const { data, height, width } = readBmp(bytes);
    return sharp(data, { raw: { height, width, channels: 3 } });
  }
  return sharp(bytes, { failOn, limitInputPixels: picturePixelLimit, page: 0, pages: 1 })
    .autoOrient()
    .flatten({ background: "#ffffff" })
    .toColourspace("srgb");
}

async function decode(
  bytes: Uint8Array,
  { height, width }: { readonly height: number; readonly width: number },
  known?: PictureHeader,
): Promise<PictureData> {
  const { height: h, width: w } = known ?? (await header(bytes));
  const picture = await pipeline(bytes);
  // The extract changes no pixel, but disables shrink-on-load of JPEG, which fastShrinkOnLoad: false does not do from a
  // factor of 4 on. Only fully decoded pixels equal those of Transformers.js.
  const { data } = await picture
    .extract({ left: 0, top: 0, width: w, height: h })
    .resize({ width, height, fit: "fill", kernel: "lanczos3", fastShrinkOnLoad: false })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { height, width, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

async function thumbnail(bytes: Uint8Array, side: number, known?: PictureHeader): Promise<PictureData> {
  const { height, width } = known ?? (await header(bytes));
  const picture = await pipeline(bytes);
  // Not resized to the final size at once: formats that shrink while they load are off by a fraction of a pixel, and so
  // is libvips when it enlarges. Copies of different size would then differ.
  const fine = await picture
    .resize({
      height: Math.min(height, side * oversampling),
      width: Math.min(width, side * oversampling),
      fit: "fill",
      kernel: "linear",
      fastShrinkOnLoad: false,
    })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return average({ height: fine.info.height, width: fine.info.width, data: fine.data }, side);
}

/** Quality of a drawn JPEG, 1 … 100: lines of 2 pixels stay sharp. */
const drawnQuality = 90;

async function overlay(
  bytes: Uint8Array,
  { svg, width, height }: PictureOverlay,
  format: "jpeg" | "png",
): Promise<Uint8Array> {
  const sharp = await load();
  // The outline of a noisy mask is longer than the limit of the XML parser. The SVG is our own.
  const drawing = await sharp(Buffer.from(svg), { unlimited: true }).png({ compressionLevel: 0 }).toBuffer();
  const drawn = (await pipeline(bytes))
    .resize({ width, height, fit: "fill" })
    .composite([{ input: drawing, left: 0, top: 0 }])
    // A later command may replace its own drawings, and no other picture.
    .withExif({ IFD0: { Software: drawingMark } });
  return await (format === "jpeg"
    ? drawn.jpeg({ quality: drawnQuality, chromaSubsampling: "4:4:4" })
    : drawn.png()
  ).toBuffer();
}

async function version(): Promise<string> {
  const sharp = await load();
  return `sharp ${sharp.versions.sharp ?? "?"}, libvips ${sharp.versions.vips}`;
}

export const sharpPictures: Pictures = { version, header, decode, thumbnail, overlay };
