// The same files decoded by Node's decoder and by a browser's: what differs is the decoder alone.
import { readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sharpPictures } from "../../src/platform/node-pictures.js";
import { launchChromium } from "../support/chromium.js";
import { picture } from "../support/pictures.js";
import { bundleForTab } from "./bundle-for-tab.js";
import { demoPictures, type Site, startSite } from "./site.js";
import { openTab } from "./tab.js";

let browser: Browser;
let site: Site;
let page: Page;
beforeAll(async () => {
  const code = `export { webPictures } from "../../src/platform/web/web-pictures.js";`;
  const files = { "/pictures.js": await bundleForTab(code) };
  [browser, site] = await Promise.all([launchChromium(), startSite({ files })]);
  page = await openTab(browser, site.url);
});
afterAll(async () => {
  await browser.close();
  await site.close();
});

/** Bytes in base64: lists of numbers take seconds to cross. */
interface Answer {
  readonly pixels?: string;
  readonly thumbnail?: string;
  readonly error?: string;
}

function inTab(bytes: Uint8Array, side: number): Promise<Answer> {
  return page.evaluate(
    async ({ bytes, side }) => {
      const load = new Function("path", "return import(path)") as (
        path: string,
      ) => Promise<typeof import("../../src/platform/web/web-pictures.js")>;
      const pictures = (await load("/pictures.js")).webPictures();
      try {
        const file = Uint8Array.from(atob(bytes), (character) => character.charCodeAt(0));
        const text = (data: Uint8Array): string => {
          let binary = "";
          for (const byte of data) binary += String.fromCharCode(byte);
          return btoa(binary);
        };
        const { data } = await pictures.decode(file, { height: side, width: side });
        const thumbnail = await pictures.thumbnail(file, 12);
        return { pixels: text(data), thumbnail: text(thumbnail.data) };
      } catch (error) {
        return { error: (error as Error).message };
      }
    },
    { bytes: Buffer.from(bytes).toString("base64"), side },
  );
}

/** Mean difference of two decodings of one file, in levels of 255. */
async function difference(bytes: Uint8Array, side: number): Promise<{ pixels: number; thumbnail: number }> {
  const { pixels, thumbnail, error } = await inTab(bytes, side);
  expect(error).toBeUndefined();
  const mean = (text: string, b: Uint8Array): number => {
    const a = Buffer.from(text, "base64");
    expect(a).toHaveLength(b.length);
    return a.reduce((sum, v, i) => sum + Math.abs(v - b[i]!), 0) / b.length;
  };
  return {
    pixels: mean(pixels!, (await sharpPictures.decode(bytes, { height: side, width: side })).data),
    thumbnail: mean(thumbnail!, (await sharpPictures.thumbnail(bytes, 12)).data),
  };
}

const waves = picture(8, 150, 110);
const bytes = async (made: typeof waves): Promise<Uint8Array> => new Uint8Array(await made.toBuffer());

test.each([
  ["PNG", () => waves.clone().png()],
  ["gray PNG", () => waves.clone().grayscale().png()],
  ["lossless WebP", () => waves.clone().webp({ lossless: true })],
])("%s: the pixels are those of Node", async (_, make) => {
  for (const side of [64, 150, 224]) {
    const { pixels, thumbnail } = await difference(await bytes(make()), side);
    // libvips rounds its weights: less than half a level on smooth pictures.
    expect(pixels).toBeLessThan(0.5);
    expect(thumbnail).toBeLessThan(2);
  }
});

test.each([
  ["PNG with transparency, over white", () => waves.clone().ensureAlpha(0.3).png()],
  ["JPEG", () => waves.clone().jpeg({ quality: 90 })],
  ["JPEG that a camera turned", () => waves.clone().jpeg().withMetadata({ orientation: 6 })],
  ["GIF", () => waves.clone().gif()],
])("%s: the pixels are those of Node but for rounding", async (_, make) => {
  const { pixels, thumbnail } = await difference(await bytes(make()), 64);
  expect(pixels).toBeLessThan(1.5);
  expect(thumbnail).toBeLessThan(2);
});

test("demo pictures differ by less than a level", async () => {
  for (const { url } of demoPictures(2)) {
    const file = readFileSync(new URL(`../../${url.replace("/package/", "")}`, import.meta.url));
    expect((await difference(new Uint8Array(file), 64)).pixels).toBeLessThan(1);
  }
});

test("a large photograph is made smaller by the browser first, and is nearly the same", async () => {
  // 17 megapixels, more than is read in one piece.
  const large = await bytes(waves.clone().resize(5000, 3400).jpeg());
  const { pixels } = await difference(large, 64);
  expect(pixels).toBeLessThan(1.5);
});

test("what is no picture, or half of one, is refused", async () => {
  const whole = await bytes(waves.clone().jpeg());
  expect((await inTab(whole.slice(0, whole.length / 2), 64)).error).toBe("the file ends too early");
  expect(
    (await inTab(new TextEncoder().encode("a text that is long enough to be looked at"), 64)).error,
  ).toBe("unsupported image format");
  const heic = Uint8Array.from([
    0,
    0,
    0,
    24,
    ...new TextEncoder().encode("ftypheicxxxxxxxxxxxxxxxxxxxxxxxxxxxx"),
  ]);
  expect((await inTab(heic, 64)).error).toBe("this browser does not read HEIC");
});
