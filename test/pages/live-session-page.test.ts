// The guide page of a live session: its program prints what the page shows.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSession } from "../../src/index.js";

const root = mkdtempSync(join(tmpdir(), "engraft-session-page-"));
const path = (...parts: string[]): string => join(root, ...parts);
beforeAll(() => {
  process.env.ENGRAFT_CACHE = path("cache");
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("the program of the guide prints what the page says", async () => {
  const page = readFileSync(new URL("../../docs/guide/live-session.md", import.meta.url), "utf8");
  const [, program, output] = /```ts\n([\s\S]*?)```\n\n```text\n([\s\S]*?)```/.exec(page)!;
  const printed: string[] = [];
  const named = program!
    .replace(/^import .*$/m, "")
    .replace('"models/reviews"', JSON.stringify(path("reviews")));
  const run = new Function("openSession", "console", `return (async () => {${named}})()`);
  await run(openSession, { log: (line: string) => printed.push(line) });
  expect(`${printed.join("\n")}\n`).toBe(output);
});
