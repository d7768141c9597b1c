import { crc32, deflateSync } from "node:zlib";
import { RawImage } from "@huggingface/transformers";
import sharp, { type Sharp } from "sharp";
import { test, expect as x } from "vitest";
import { EngraftError } from "../../core/errors.js";
import { decodePixels } from "./decode.js";

/** A picture with edges, gradients and noise, so that resampling and colour errors show. */
function scene(width: number, height: number): Sharp {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const i = 3 * (y * width + x);
      data[i] = (x * 255) / width;
      data[i + 1] = (y * 255) / height;
      data[i + 2] = (x >> 3) % 2 === (y >> 4) % 2 ? 230 : 20 + ((x * 7 + y * 13) % 31);
    }
  return sharp(data, { raw: { width, height, channels: 3 } });
}

/** What Transformers.js computes for `resample: 1`. */
async function transformers(bytes: Uint8Array, height: number, width: number): Promise<Uint8Array> {
  const image = (await RawImage.fromBlob(new Blob([new Uint8Array(bytes)]))).rgb();
  return new Uint8Array((await image.resize(width, height, { resample: 1 })).data);
}

const reason = (promise: Promise<unknown>): Promise<EngraftError> =>
  promise.then(
    () => {
      throw new Error("nothing was thrown");
    },
    (error: unknown) => error as EngraftError,
  );

const eightBit = {
  "a JPEG": (s: Sharp) => s.jpeg(),
  "a progressive JPEG": (s: Sharp) => s.jpeg({ progressive: true }),
  "a gray JPEG": (s: Sharp) => s.greyscale().jpeg(),
  "a gray PNG": (s: Sharp) => s.toColourspace("b-w").png(),
  "a palette PNG": (s: Sharp) => s.png({ palette: true }),
  "a CMYK JPEG": (s: Sharp) => s.toColourspace("cmyk").jpeg(),
  "a JPEG in Display P3": (s: Sharp) => s.withIccProfile("p3").jpeg(),
  "a WebP": (s: Sharp) => s.webp(),
  "a GIF": (s: Sharp) => s.gif(),
  "a TIFF": (s: Sharp) => s.tiff(),
  "an AVIF": (s: Sharp) => s.avif(),
} as const;

for (const [name, encode] of Object.entries(eightBit))
  test(`${name} has the same pixels as in Transformers.js, at every size`, async () => {
    const bytes = await encode(scene(533, 400)).toBuffer();
    // 64: a JPEG loader would shrink by 4 or more here, which must not happen.
    for (const [height, width] of [
      [96, 96],
      [32, 64],
      [400, 533],
      [500, 700],
    ] as const) {
      const { data } = await decodePixels(bytes, { height, width });
      x(Buffer.compare(data, await transformers(bytes, height, width))).toBe(0);
    }
  });

for (const orientation of [2, 3, 4, 5, 6, 7, 8])
  test(`EXIF orientation ${orientation} is applied before resizing`, async () => {
    const bytes = await scene(320, 200).withMetadata({ orientation }).jpeg().toBuffer();
    const { data } = await decodePixels(bytes, { height: 48, width: 64 });
    x(Buffer.compare(data, await transformers(bytes, 48, 64))).toBe(0);
  });

/** The colour of the middle of a picture of one colour. */
async function colorOf(bytes: Uint8Array): Promise<number[]> {
  const { data } = await decodePixels(bytes, { height: 4, width: 4 });
  return [...data.slice(24, 27)];
}

test("alpha is laid over white: black at half opacity is middle gray", async () => {
  const bytes = await sharp({
    create: { width: 9, height: 9, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0.5 } },
  })
    .png()
    .toBuffer();
  // 255 · (1 − 0.5) = 127.5; the opacity itself is stored as 127 or 128.
  for (const c of await colorOf(bytes)) x(Math.abs(c - 127.5)).toBeLessThanOrEqual(1);
});

test("a fully transparent picture is white, for any hidden colour", async () => {
  const bytes = await sharp({
    create: { width: 9, height: 9, channels: 4, background: { r: 200, g: 0, b: 0, alpha: 0 } },
  })
    .png()
    .toBuffer();
  x(await colorOf(bytes)).toEqual([255, 255, 255]);
});

test("16 bits a channel are scaled to 8, in colour and in gray", async () => {
  const color = new Uint16Array(8 * 8 * 3).fill(0).map((_, i) => [0x4040, 0x8080, 0xffff][i % 3]!);
  const rgb = await sharp(color, { raw: { width: 8, height: 8, channels: 3 } })
    .toColourspace("rgb16")
    .png()
    .toBuffer();
  x((await sharp(rgb).metadata()).depth).toBe("ushort");
  const [r, g, b] = await colorOf(rgb);
  for (const [is, should] of [
    [r!, 0x40],
    [g!, 0x80],
    [b!, 0xff],
  ] as const)
    x(Math.abs(is - should)).toBeLessThanOrEqual(1);
  const gray = await sharp(new Uint16Array(64).fill(0x8080), { raw: { width: 8, height: 8, channels: 1 } })
    .toColourspace("grey16")
    .png()
    .toBuffer();
  for (const c of await colorOf(gray)) x(Math.abs(c - 0x80)).toBeLessThanOrEqual(1);
});

test("gray with alpha becomes three equal channels", async () => {
  const bytes = await sharp(
    new Uint8Array(64 * 2).fill(255).map((v, i) => (i % 2 === 0 ? 90 : v)),
    {
      raw: { width: 8, height: 8, channels: 2 },
    },
  )
    .png()
    .toBuffer();
  x(await colorOf(bytes)).toEqual([90, 90, 90]);
});

test("decodes the first frame of an animated picture", async () => {
  const frame = (r: number) =>
    sharp({ create: { width: 6, height: 6, channels: 3, background: { r, g: 0, b: 0 } } })
      .png()
      .toBuffer();
  for (const kind of ["gif", "webp"] as const) {
    const joined = sharp(await Promise.all([frame(255), frame(0), frame(128)]), { join: { animated: true } });
    const bytes = await (kind === "gif" ? joined.gif() : joined.webp({ lossless: true })).toBuffer();
    x((await sharp(bytes).metadata()).pages).toBe(3);
    x((await colorOf(bytes))[0]).toBeGreaterThan(250);
    x((await decodePixels(bytes, { height: 6, width: 6 })).data.length).toBe(108);
  }
});

test("refuses a truncated picture with the reason", async () => {
  const whole = await scene(300, 300).jpeg().toBuffer();
  const error = await reason(decodePixels(whole.subarray(0, whole.length / 2), { height: 32, width: 32 }));
  x(error).toBeInstanceOf(EngraftError);
  x(error.kind).toBe("DataError");
  x(error.message).toMatch(/^cannot read the picture: it ends too early or is damaged/);
  x(error.help).toBe("open it in a picture viewer and save it again as JPEG or PNG, or remove it");
});

test("ignores bytes after the end of a JPEG", async () => {
  const whole = await scene(60, 60).jpeg().toBuffer();
  const { data } = await decodePixels(Buffer.concat([whole, Buffer.alloc(100, 7)]), { height: 8, width: 8 });
  x(data.length).toBe(192);
});

test("an empty file, text and SVG are each refused with their own reason", async () => {
  const size = { height: 8, width: 8 };
  x((await reason(decodePixels(new Uint8Array(0), size))).message).toBe(
    "cannot read the picture: the file is empty",
  );
  x((await reason(decodePixels(Buffer.from("hello, I am a text"), size))).message).toBe(
    "cannot read the picture: it is not a picture of a known format",
  );
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect/></svg>');
  x((await reason(decodePixels(svg, size))).message).toBe(
    "cannot read the picture: its content is svg, not a picture",
  );
});

test("a decompression bomb is refused by its header, before decoding", async () => {
  // A PNG of 70 bytes whose header claims 40,000 × 40,000 pixels.
  const chunk = (name: string, body: Uint8Array) => {
    const data = Buffer.concat([Buffer.from(name, "latin1"), body]);
    const frame = Buffer.alloc(4 + data.length + 4);
    frame.writeUInt32BE(body.length, 0);
    data.copy(frame, 4);
    frame.writeUInt32BE(crc32(data), 4 + data.length);
    return frame;
  };
  const size = Buffer.from([0, 0, 0x9c, 0x40]);
  const bomb = Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", Buffer.concat([size, size, Buffer.from([8, 0, 0, 0, 0])])),
    chunk("IDAT", deflateSync(Buffer.alloc(9))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
  const error = await reason(decodePixels(bomb, { height: 8, width: 8 }));
  x(error.message).toBe(
    "cannot read the picture: 40000 × 40000 pixels is more than the limit of 100 million (a decompression bomb?)",
  );
});

test("a missing file is a FileError that names it", async () => {
  const error = await reason(decodePixels("/nowhere/at all.png", { height: 8, width: 8 }));
  x(error.format()).toBe(
    'FileError: cannot read "/nowhere/at all.png": there is no such file or folder\n' +
      "  at the system's code ENOENT\n" +
      "  help: check the spelling of the path and the folder you are in",
  );
});
