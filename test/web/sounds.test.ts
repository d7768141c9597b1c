// The same sound files read by Node and by a browser: the same samples, bit by bit.
import { readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { soundOf } from "../../src/data/sounds/index.js";
import { nodePlatform } from "../../src/platform/node.js";
import { launchChromium } from "../support/chromium.js";
import { bundleForTab } from "./bundle-for-tab.js";
import { type Site, startSite } from "./site.js";
import { openTab } from "./tab.js";

let browser: Browser;
let site: Site;
let page: Page;
beforeAll(async () => {
  const code = `
    import { soundOf } from "../../src/data/sounds/read-sound.js";
    import { webPlatform } from "../../src/platform/web.js";
    export const read = (bytes, rate) => soundOf(webPlatform({}), bytes, { rate });`;
  const files = { "/sounds.js": await bundleForTab(code) };
  [browser, site] = await Promise.all([launchChromium(), startSite({ files })]);
  page = await openTab(browser, site.url);
});
afterAll(async () => {
  await browser.close();
  await site.close();
});

type Read = (bytes: Uint8Array, rate: number) => Promise<{ readonly samples: Float32Array }>;

/** Samples in base64. */
const inTab = (file: string, rate: number): Promise<string> =>
  page.evaluate(
    async ({ file, rate }) => {
      const load = new Function("path", "return import(path)") as (
        path: string,
      ) => Promise<{ readonly read: Read }>;
      const { read } = await load("/sounds.js");
      const bytes = Uint8Array.from(atob(file), (character) => character.charCodeAt(0));
      const { samples } = await read(bytes, rate);
      let binary = "";
      for (const byte of new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength))
        binary += String.fromCharCode(byte);
      return btoa(binary);
    },
    { file, rate },
  );

interface StoredSound {
  readonly name: string;
  readonly file: string;
}
const { wav, codecs } = JSON.parse(
  readFileSync(new URL("../golden/sounds.json", import.meta.url), "utf8"),
) as { readonly wav: readonly StoredSound[]; readonly codecs: readonly StoredSound[] };

test.each([...wav, ...codecs])("$name: a tab reads the same samples as Node", async ({ file }) => {
  for (const rate of [16_000, 22_050]) {
    const { samples } = await soundOf(nodePlatform, Buffer.from(file, "base64"), { rate });
    const own = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength).toString("base64");
    expect(await inTab(file, rate)).toBe(own);
  }
});
