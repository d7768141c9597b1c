import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { hubLicenses, normalizeLicense } from "./licenses.js";

test("the list holds the identifiers that the hub's own client knows", () => {
  const types = readFileSync("node_modules/@huggingface/hub/dist/src/types/public.d.ts", "utf8");
  const [, union = ""] = /export type License = ([^;]+);/.exec(types) ?? [];
  const ids = [...union.matchAll(/"([^"]+)"/g)].map(([, id]) => id!);
  expect(ids.length).toBeGreaterThan(60);
  expect([...hubLicenses, "unknown", "other"].sort()).toEqual(ids.sort());
});

test("every identifier of the hub stays as it is, whatever its case", () => {
  for (const id of hubLicenses) {
    expect(normalizeLicense(id)).toBe(id);
    expect(normalizeLicense(` ${id.toUpperCase()} `)).toBe(id);
  }
});

// Names as hub documentation, SPDX and Creative Commons write them.
test.each([
  ["CC BY-SA 4.0", "cc-by-sa-4.0"],
  ["CC-BY-SA-4.0", "cc-by-sa-4.0"],
  ["Creative Commons Attribution-ShareAlike 4.0 International", "cc-by-sa-4.0"],
  ["Creative Commons Attribution Non Commercial No Derivatives 4.0", "cc-by-nc-nd-4.0"],
  ["Creative Commons Attribution-NonCommercial 4.0 International Public License", "cc-by-nc-4.0"],
  ["CC0 1.0 Universal", "cc0-1.0"],
  ["CC0", "cc0-1.0"],
  ["Apache License 2.0", "apache-2.0"],
  ["Apache License, Version 2.0", "apache-2.0"],
  ["Apache 2.0", "apache-2.0"],
  ["MIT License", "mit"],
  ["The MIT License (MIT)", "mit"],
  ["BSD-3-Clause", "bsd-3-clause"],
  ["BSD 3-clause “New” or “Revised” license", "bsd-3-clause"],
  ["GPL-3.0-only", "gpl-3.0"],
  ["GPL-3.0-or-later", "gpl-3.0"],
  ["GPL v3", "gpl-3.0"],
  ["GNU Affero General Public License v3.0", "agpl-3.0"],
  ["ODC-By-1.0", "odc-by"],
  ["Llama 3.1 Community License Agreement", "llama3.1"],
  ["Open Rail++-M License", "openrail++"],
  ["Mozilla Public License 2.0", "mpl-2.0"],
])("%s is %s", (name, id) => {
  expect(normalizeLicense(name)).toBe(id);
});

test("what names no licence of the hub, or more than one, stays as it is stated", () => {
  for (const text of [
    "research only (see its LICENSE)",
    "not stated",
    "Apache 2.0 with LLVM exception",
    "MIT or Apache-2.0",
    "BSL 1.1",
    "apache",
    "other",
    "unknown",
    "",
  ])
    expect(normalizeLicense(text)).toBe(text);
});
