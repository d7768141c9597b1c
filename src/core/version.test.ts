import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { engraftVersion } from "./version.js";

test("the version in the code is the package's", () => {
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  expect(engraftVersion).toBe(version);
});
