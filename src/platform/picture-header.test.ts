import { expect, test } from "vitest";
import { picture } from "../../test/support/pictures.js";
import { readPictureHeader } from "./picture-header.js";

const made = picture(5, 37, 23);
const files = {
  jpeg: () => made.clone().jpeg(),
  png: () => made.clone().png(),
  gif: () => made.clone().gif(),
  webp: () => made.clone().webp(),
  "webp without loss": () => made.clone().webp({ lossless: true }),
  avif: () => made.clone().avif(),
};
const names = Object.keys(files) as (keyof typeof files)[];
const bytesOf = async (name: keyof typeof files): Promise<Uint8Array> =>
  new Uint8Array(await files[name]().toBuffer());

test.each(names)("%s: its format and its size", async (name) => {
  const format = name.split(" ")[0];
  expect(readPictureHeader(await bytesOf(name))).toEqual({ format, height: 23, width: 37, frames: 1 });
});

test.each(["jpeg", "png", "gif", "webp"] as const)("%s that ends too early is refused", async (name) => {
  const bytes = await bytesOf(name);
  for (const share of [0.3, 0.6, 0.95])
    expect(() => readPictureHeader(bytes.slice(0, Math.floor(share * bytes.length))), String(share)).toThrow(
      "the file ends too early",
    );
});

test("a JPEG that a camera turned has height and width exchanged", async () => {
  const bytes = await made.clone().jpeg().withMetadata({ orientation: 6 }).toBuffer();
  expect(readPictureHeader(new Uint8Array(bytes))).toMatchObject({ height: 37, width: 23 });
});

test("frames of an animation are counted", async () => {
  const { default: sharp } = await import("sharp");
  const two = await made
    .clone()
    .extend({ bottom: 23, background: "#000" })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const raw = { width: 37, height: 46, channels: 3, pageHeight: 23 } as const;
  for (const format of ["gif", "webp"] as const) {
    const bytes = await sharp(two.data, { raw }).toFormat(format).toBuffer();
    expect(readPictureHeader(new Uint8Array(bytes))).toMatchObject({ format, height: 23, frames: 2 });
  }
});

test("a file that is no picture, or that browsers cannot decode, is refused with the reason", async () => {
  expect(() => readPictureHeader(new TextEncoder().encode("just a text, no picture"))).toThrow(
    "unsupported image format",
  );
  const tiff = new Uint8Array(await made.clone().tiff().toBuffer());
  expect(() => readPictureHeader(tiff)).toThrow("browsers do not decode TIFF");
});

test("any bytes are answered or refused, never read for ever", async () => {
  for (const name of names) {
    const bytes = await bytesOf(name);
    for (let i = 12; i < bytes.length; i += 7) {
      const damaged = bytes.slice();
      damaged[i] = 255 - damaged[i]!;
      try {
        expect(readPictureHeader(damaged).frames).toBeGreaterThanOrEqual(1);
      } catch (error) {
        expect((error as Error).message).not.toBe("");
      }
    }
  }
});
