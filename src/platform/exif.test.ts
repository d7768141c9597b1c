import { expect, test } from "vitest";
import { picture } from "../../test/support/pictures.js";
import { draws } from "../core/random.js";
import { exifOfJpeg, readExif } from "./exif.js";
import { sharpPictures } from "./node-pictures.js";
import { readPictureHeader } from "./picture-header.js";

/** A JPEG with a time, as sharp writes it. */
const jpeg = async (time: string, fraction?: string): Promise<Uint8Array> =>
  new Uint8Array(
    await picture(3)
      .jpeg()
      .withExif({
        IFD0: { Orientation: "6" },
        IFD2: { DateTimeOriginal: time, ...(fraction !== undefined && { SubSecTimeOriginal: fraction }) },
      })
      .toBuffer(),
  );

test("the time and its fraction are the same from the file, its first bytes, and the decoder", async () => {
  const bytes = await jpeg("2026:11:29 14:03:12", "25");
  const taken = Date.UTC(2026, 10, 29, 14, 3, 12, 250);
  expect(readPictureHeader(bytes)).toMatchObject({ taken });
  expect(exifOfJpeg(bytes.subarray(0, 600))).toMatchObject({ taken });
  expect(await sharpPictures.header(bytes)).toMatchObject({ taken });
});

test.each(["png", "webp"] as const)("the time of a %s is known to the decoder", async (format) => {
  const bytes = await picture(3)
    .toFormat(format)
    .withExif({ IFD2: { DateTimeOriginal: "2026:11:29 14:03:12" } })
    .toBuffer();
  expect(await sharpPictures.header(new Uint8Array(bytes))).toMatchObject({
    taken: Date.UTC(2026, 10, 29, 14, 3, 12),
  });
});

test.each([
  "0000:00:00 00:00:00",
  "2026:02:30 10:00:00",
  "2026:01:01 25:00:00",
  "1980:01:01 00:00:00",
  "    :  :     :  :  ",
])("%j is no time", async (time) => {
  expect(readPictureHeader(await jpeg(time)).taken).toBeUndefined();
});

test("a picture without EXIF data has no time", async () => {
  const bytes = new Uint8Array(await picture(3).jpeg().toBuffer());
  expect(readPictureHeader(bytes).taken).toBeUndefined();
  expect(exifOfJpeg(bytes)).toBeUndefined();
});

/** A TIFF structure with one entry, little-endian. */
const withEntry = (tag: number, count: number, value: number): Uint8Array => {
  const view = new DataView(new ArrayBuffer(26));
  view.setUint32(0, 0x49492a00);
  view.setUint32(4, 8, true);
  view.setUint16(8, 1, true);
  view.setUint16(10, tag, true);
  view.setUint32(14, count, true);
  view.setUint32(18, value, true);
  return new Uint8Array(view.buffer);
};

test("a directory that is its own sub-directory, and places far outside, say nothing", () => {
  for (const [count, value] of [
    [1, 8],
    [1, 2 ** 32 - 1],
    [2 ** 32 - 1, 8],
  ] as const)
    for (const tag of [0x8769, 0x9003, 0x0112])
      expect(readExif(withEntry(tag, count, value)).taken).toBeUndefined();
});

test("damaged EXIF data are read to a time or to none, and never throw", async () => {
  const whole = await jpeg("2026:11:29 14:03:12", "25");
  const end = 700;
  const { integer } = draws(1, "exif");
  for (let round = 0; round < 3000; round++) {
    const bytes = whole.slice(0, round % 3 === 0 ? integer(end) : end);
    for (let k = integer(6); k >= 0 && bytes.length > 2; k--)
      bytes[2 + integer(bytes.length - 2)] = round % 2 === 0 ? 255 : integer(256);
    for (const exif of [exifOfJpeg(bytes), readExif(bytes), readExif(bytes.subarray(20))]) {
      if (exif === undefined) continue;
      expect([1, 2, 3, 4, 5, 6, 7, 8]).toContain(exif.orientation);
      if (exif.taken !== undefined) expect(Number.isInteger(exif.taken)).toBe(true);
    }
  }
});
