import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { EngraftError } from "../core/errors.js";
import { nodePlatform } from "../platform/index.js";
import { loadReportAssets } from "./assets.js";
import { makeThumbnails } from "./thumbnails-node.js";

test("a package that is not installed whole is an error that says which file", async () => {
  const error = await loadReportAssets(nodePlatform.files, (s) => `file:///nowhere/${s}`).then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(EngraftError);
  expect((error as EngraftError).format()).toMatch(
    /^FileError: the chart library's file uplot\/dist\/uPlot\.iife\.min\.js cannot be read: [\s\S]*help: install the package's dependencies again$/,
  );
});

test("a picture becomes a small WebP; what is missing or is no picture is left out", async () => {
  const path = fileURLToPath(new URL("../../assets/demo/test/crack/000.jpg", import.meta.url));
  const made = await makeThumbnails([
    { id: "crack/000.jpg", path },
    { id: "gone", path: `${path}.gone` },
    { id: "text", path: fileURLToPath(import.meta.url) },
  ]);
  expect(Object.keys(made)).toEqual(["crack/000.jpg"]);
  expect(made["crack/000.jpg"]).toMatch(/^data:image\/webp;base64,UklGR/);
  expect(made["crack/000.jpg"]!.length).toBeLessThan(8000);
});
