// Steps of flows of the page Try: a project of pictures, and files of one colour that the stand-in of the library tells apart.
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import sharp from "sharp";
import { draws } from "../../src/core/random.js";
import { openStudio, type StudioTab } from "./studio-tab.js";

/** A picture file of a playwright file input. */
export interface PictureFile {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

const hues = { red: [200, 30, 30], blue: [30, 30, 200], green: [30, 200, 30] } as const;

/** Picture files of one colour, each a little different. @param from number of the first one */
export function picturesOf(hue: keyof typeof hues, count: number, from = 0): Promise<PictureFile[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const [r, g, b] = hues[hue].map((v) => v + from + i);
      const background = { r: r!, g: g!, b: b! };
      const picture = sharp({ create: { width: 64, height: 48, channels: 3, background } });
      return {
        name: `${hue}-${from + i}.png`,
        mimeType: "image/png",
        buffer: await picture.png().toBuffer(),
      };
    }),
  );
}

/** Picture files of one colour with shapes of their own, so that none is a near copy of another. @param from number of the first one */
export async function patternsOf(hue: keyof typeof hues, count: number, from = 0): Promise<PictureFile[]> {
  const plain = await picturesOf(hue, count, from);
  return Promise.all(
    plain.map(async ({ buffer, ...file }, i) => {
      const draw = draws(3, hue, from + i);
      const shapes = Array.from({ length: 12 }, () => {
        const [x, y, size] = [draw.integer(60), draw.integer(44), 4 + draw.integer(16)];
        return `<rect x="${x}" y="${y}" width="${size}" height="${size}" fill="${draw.chance(0.5) ? "#fff" : "#000"}" opacity="0.4"/>`;
      });
      const over = Buffer.from(`<svg width="64" height="48">${shapes.join("")}</svg>`);
      const picture = sharp(buffer).composite([{ input: over }]);
      return { ...file, buffer: await picture.png().toBuffer() };
    }),
  );
}

/** Opens a new project of pictures at its page Samples. */
export async function openPictures(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<StudioTab> {
  const tab = await openStudio(browser, url, options);
  await createPictures(tab.page);
  return tab;
}

/** Creates a project on the start page, and waits for its page Samples. */
export async function createPictures(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Pictures From/ }).click();
  await page.getByRole("heading", { name: "Samples" }).waitFor();
}

/** Card of a class on the page Samples. */
export const card = (page: Page, name: string): Locator => page.getByRole("group", { name, exact: true });

export const addFiles = (page: Page, name: string, files: readonly PictureFile[]): Promise<void> =>
  card(page, name)
    .getByLabel("Add files")
    .setInputFiles([...files]);

/** The part of the page with the live predictions. */
export const tryPart = (page: Page): Locator => page.getByRole("region", { name: "Try" });

/** The predicted class in large letters. */
export const best = (page: Page, name: string): Promise<void> =>
  tryPart(page).locator(".try-best", { hasText: name }).waitFor();

/** Holds the record button of a class until it has that many more pictures. */
export async function record(page: Page, name: string, count: number): Promise<void> {
  const tiles = card(page, name).getByRole("option");
  const before = await tiles.count();
  await card(page, name).getByRole("button", { name: "Hold to record" }).hover();
  await page.mouse.down();
  await tiles.nth(before + count - 1).waitFor();
  await page.mouse.up();
}
