import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { nodePlatform } from "../platform/node.js";
import { catalog, listBases, showBase } from "./catalog.js";
import { parseHubRef } from "./hub/hub-ref.js";

const assets = mkdtempSync(join(tmpdir(), "engraft-assets-"));
afterAll(() => rmSync(assets, { recursive: true, force: true }));
const platform = { ...nodePlatform, assetsDir: () => assets };

test("every row names its licence and paper, has a name of its own, and a hub row a reference that parses", () => {
  expect(new Set(catalog.map((row) => row.name)).size).toBe(catalog.length);
  for (const row of catalog) {
    expect(row.license).toMatch(/\w/);
    expect(row.paper).toMatch(/arXiv:\d{4}\.\d{5}/);
    if (row.kind === "hub") expect(parseHubRef(row.ref)).toMatchObject({ revision: "main" });
  }
});

test("a bundled base that is not here says so, and one that is here says how large it is", async () => {
  expect(await showBase("vision-mini", platform)).toMatchObject({ available: false });
  const folder = join(assets, "vision-mini");
  mkdirSync(join(folder, "onnx"), { recursive: true });
  writeFileSync(join(folder, "onnx", "model.onnx"), "12345");
  writeFileSync(join(folder, "preprocessor_config.json"), '{"size":{"height":96,"width":64}}');
  writeFileSync(join(folder, "facts.json"), '{"parameters":1234567}');
  const row = (await listBases(platform)).find(({ name }) => name === "vision-mini");
  expect(row).toMatchObject({ available: true, bytes: 5, input: "96 x 64", parameters: 1.23, path: folder });
});

test("a misspelt name is told the one that was meant", async () => {
  await expect(showBase("vison-mini", platform)).rejects.toMatchObject({
    help: expect.stringContaining("did you mean vision-mini? see engraft bases; ") as string,
  });
});

test("an unknown name is refused with the command that lists the names, and what else can be given", async () => {
  await expect(showBase("resnet", platform)).rejects.toMatchObject({
    kind: "OptionError",
    message: 'there is no base called "resnet"',
    help: expect.stringContaining("see engraft bases; or give file.onnx") as string,
  });
});
