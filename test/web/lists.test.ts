// Lists in a real browser: a chosen folder of Parquet files, with pictures inside, is read as in Node.
import { readFileSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openImages } from "../../src/data/images/open-images.js";
import { launchChromium } from "../support/chromium.js";
import { inFolder, platformIn } from "../support/pictures.js";
import { type Site, startSite } from "./site.js";
import { openTab } from "./tab.js";

let browser: Browser;
let site: Site;
beforeAll(async () => {
  [browser, site] = await Promise.all([launchChromium(), startSite()]);
});
afterAll(async () => {
  await browser.close();
  await site.close();
});

const golden = new URL("../golden/parquet/pictures/", import.meta.url);
const names = [
  "data/train-00000-of-00002.parquet",
  "data/train-00001-of-00002.parquet",
  "data/test-00000-of-00001.parquet",
];

test("a folder of Parquet files has its splits and the names of its classes", async () => {
  const page = await openTab(browser, site.url);
  const files = names.map((name) => ({
    path: `pictures/${name}`,
    bytes: [...readFileSync(new URL(name, golden))],
  }));
  const { task, classes, splits, skipped } = await page.evaluate(
    async ({ files }) => {
      const load = new Function("path", "return import(path)") as (
        path: string,
      ) => Promise<typeof import("../../src/web/index.js")>;
      const { inspectData } = await load("/package/dist/browser/engraft.js");
      const chosen = files.map(({ path, bytes }) => {
        const file = new File([Uint8Array.from(bytes)], path.slice(path.lastIndexOf("/") + 1));
        Object.defineProperty(file, "webkitRelativePath", { value: path });
        return file as File & { readonly webkitRelativePath: string };
      });
      return inspectData(chosen);
    },
    { files },
  );
  await page.close();
  const inNode = await inFolder((folder) =>
    openImages(decodeURIComponent(golden.pathname), { platform: platformIn(folder) }),
  );
  const count = (part: string) => inNode.items.filter((item) => item.part === part).length;
  expect({ task, classes: classes?.map(({ name }) => name).sort(), splits, skipped }).toMatchObject({
    task: "image-classification",
    classes: ["cat", "dog"],
    splits: { train: count("train"), validation: count("validation"), test: 8 },
    skipped: [],
  });
});
