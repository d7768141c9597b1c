import { isBmp, readBmp } from "./bmp.js";
import { type PictureData, type PictureHeader, type Pictures, picturePixelLimit } from "./platform.js";

/**
 * "error": a picture that ends too early or holds damaged data is refused, since half a picture teaches
 * something wrong; mere warnings (stray bytes, odd metadata) are let pass.
 */
const failOn = "error";

async function load(): Promise<typeof import("sharp")["default"]> {
  const { default: sharp } = await import("sharp");
  // Pictures are seen once each: the library's cache would only grow the process.
  sharp.cache(false);
  return sharp;
}

async function header(bytes: Uint8Array): Promise<PictureHeader> {
  if (isBmp(bytes)) {
    const { height, width } = readBmp(bytes, { headerOnly: true });
    return { format: "bmp", height, width, frames: 1 };
  }
  const sharp = await load();
  const m = await sharp(bytes, { failOn, limitInputPixels: false }).metadata();
  return {
    format: m.format ?? "unknown",
    height: m.autoOrient?.height ?? m.height,
    width: m.autoOrient?.width ?? m.width,
    frames: m.pages ?? 1,
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
  // The extract changes nothing but switches off shrinking while a JPEG loads, which fastShrinkOnLoad: false
  // does not do from a factor of 4 on; only fully decoded pixels equal those of Transformers.js.
  const { data } = await picture
    .extract({ left: 0, top: 0, width: w, height: h })
    .resize({ width, height, fit: "fill", kernel: "linear", fastShrinkOnLoad: false })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { height, width, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

/** Each value of a thumbnail is the mean of so many by so many of a larger one. */
const oversampling = 4;

async function thumbnail(bytes: Uint8Array, side: number): Promise<PictureData> {
  const picture = await pipeline(bytes);
  const large = side * oversampling;
  // Formats that shrink while they load are off by a fraction of a pixel; averaging makes it a small fraction.
  const fine = await picture
    .resize({ width: large, height: large, fit: "fill", kernel: "linear", fastShrinkOnLoad: false })
    .raw()
    .toBuffer();
  const data = new Uint8Array(side * side * 3);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++)
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        for (let v = 0; v < oversampling; v++)
          for (let u = 0; u < oversampling; u++)
            sum += fine[3 * ((y * oversampling + v) * large + x * oversampling + u) + c]!;
        data[3 * (y * side + x) + c] = Math.round(sum / oversampling ** 2);
      }
  return { height: side, width: side, data };
}

async function version(): Promise<string> {
  const sharp = await load();
  return `sharp ${sharp.versions.sharp ?? "?"}, libvips ${sharp.versions.vips}`;
}

export const sharpPictures: Pictures = { version, header, decode, thumbnail };
