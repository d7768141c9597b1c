// Lists in a real browser: a chosen folder of Parquet files, with pictures inside, is read as in Node.
import { readFileSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openImages } from "../../src/data/images/open-images.js";
import { launchChromium } from "../support/chromium.js";
import { inFolder, platformIn } from "../support/pictures.js";
import { type Site, startSite } from "./site.js";
import { openTab, ort } from "./tab.js";

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

test("a folder of Parquet files trains with its parts and the names of its classes", async () => {
  const page = await openTab(browser, site.url);
  const files = names.map((name) => ({
    path: `pictures/${name}`,
    bytes: [...readFileSync(new URL(name, golden))],
  }));
  const { classes, split, skipped } = await page.evaluate(
    async ({ files, ort }) => {
      const load = new Function("path", "return import(path)") as (
        path: string,
      ) => Promise<typeof import("../../src/web/index.js")>;
      const { train } = await load("/package/dist/browser/engraft.js");
      const chosen = files.map(({ path, bytes }) => {
        const file = new File([Uint8Array.from(bytes)], path.slice(path.lastIndexOf("/") + 1));
        Object.defineProperty(file, "webkitRelativePath", { value: path });
        return file as File & { readonly webkitRelativePath: string };
      });
      let seen: { classes?: readonly string[]; split?: object; skipped?: readonly object[] } = {};
      await train(chosen, {
        ort,
        strategy: "probe",
        baselines: false,
        threads: 1,
        onEvent: (event) => {
          if (event.event === "data") seen = event;
        },
      });
      return seen;
    },
    { files, ort },
  );
  await page.close();
  const inNode = await inFolder((folder) =>
    openImages(decodeURIComponent(golden.pathname), { platform: platformIn(folder) }),
  );
  const count = (part: string) => inNode.items.filter((item) => item.part === part).length;
  expect({ classes, split, skipped }).toMatchObject({
    classes: ["cat", "dog"],
    split: { train: count("train"), validation: count("validation"), test: 8 },
    skipped: [],
  });
});
