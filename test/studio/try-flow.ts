// Steps of flows of the page Try: a project of pictures, and files of one colour that the stand-in of the library tells apart.
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import sharp from "sharp";
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

/** Opens a new project of pictures at its page Samples. */
export async function openPictures(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<StudioTab> {
  const tab = await openStudio(browser, url, options);
  await tab.page.getByRole("button", { name: /^Pictures From/ }).click();
  await tab.page.getByRole("heading", { name: "Samples" }).waitFor();
  return tab;
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
