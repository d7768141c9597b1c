// Packages under the LGPL in the bundle for browsers: each is a file that a user can replace.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, expect, test } from "vitest";
import { replaceable } from "../../scripts/browser-bundle.mjs";

const browser = fileURLToPath(new URL("../../dist/browser", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "engraft-licences-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const source = (name: string): string => readFileSync(join(browser, name), "utf8");
test.each(Object.keys(replaceable))("%s.js can be replaced", async (name) => {
  const importing = readdirSync(browser).filter((file) => source(file).includes(`import("./${name}.js")`));
  expect(importing).toHaveLength(1);
  const copy = join(folder, name);
  mkdirSync(copy);
  cpSync(join(browser, `${name}.js`), join(copy, `${name}.js`));
  // It needs no other file, and has the interface of the package.
  const { decoder } = (await import(pathToFileURL(join(copy, `${name}.js`)).href)) as { decoder: unknown };
  expect(typeof decoder).toBe("function");
});

test("no other file has code under the LGPL", () => {
  // A message of codec-parser, which the minifier keeps.
  const words = /Out of data while inside an Ogg Page/;
  const found = readdirSync(browser).filter((file) => file.endsWith(".js") && words.test(source(file)));
  expect(found.length).toBeGreaterThan(0);
  expect(found.filter((file) => !(file.slice(0, -".js".length) in replaceable))).toEqual([]);
});

test("their licences are named", () => {
  const licences = source("LICENSES.txt");
  expect(licences).toMatch(/^codec-parser \S+ \(LGPL-3\.0-or-later\)$/m);
  expect(licences).toContain("It contains libmpg123 (LGPL-2.1-only)");
});
