// Sample output of README and guide: what its commands print today, up to numbers, times and padding.
import { mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildAll, isFresh } from "../../scripts/build.mjs";
import { makeData } from "../../scripts/guide/make-data.mjs";
import { checked, masked, pages, root, run, samplesOf } from "../../scripts/guide/samples.mjs";

const samples = pages.flatMap((page) => samplesOf(page, readFileSync(join(root, page), "utf8")));
const folder = realpathSync(mkdtempSync(join(tmpdir(), "engraft-guide-")));

beforeAll(async () => {
  if (!isFresh()) await buildAll();
  await makeData(folder);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("most pages begin with a command and its output", () => {
  expect(samples.length).toBeGreaterThan(20);
});

test.each(
  samples.filter(({ slow }) => !slow).map((sample) => [`${sample.page}:${sample.line}`, sample] as const),
)(
  "the output at %s is what its commands print (else: npm run docs:guide)",
  (_, sample) => {
    const printed = checked(sample, run(sample, folder, samples));
    expect(masked(sample.output.trimEnd().split("\n"))).toBe(masked(printed));
  },
  180_000,
);
