// @module-tag thorough
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { differenceInterval } from "../../src/evaluate/difference.js";
import { resume, train } from "../../src/index.js";

const folder = mkdtempSync(join(tmpdir(), "engraft-cross-lingual-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);
const messages = readFileSync(
  fileURLToPath(new URL("../../assets/demo-texts/messages.csv", import.meta.url)),
  "utf8",
)
  .trim()
  .split("\n");
const [header, ...rows] = messages as [string, ...string[]];
const chinese = (row: string): boolean => /\p{Script=Han}/u.test(row);
const write = (name: string, lines: readonly string[]): string => {
  writeFileSync(at(name), `${[header, ...lines].join("\n")}\n`);
  return at(name);
};
const english = write(
  "en.csv",
  rows.filter((row) => !chinese(row)),
);
const other = write("zh.csv", rows.filter(chinese));
const common = { task: "text-classification", strategy: "probe", cache: false, threads: 1 } as const;

test("training on English and testing on Chinese reports both accuracies, and the drop with its interval", async () => {
  const run = await train(english, { ...common, test: other, out: at("run") });
  const elsewhere = run.elsewhere!;
  // As many test messages in each language: five intents of nine.
  expect([run.test.n, elsewhere.test.n]).toEqual([45, 45]);
  // Guessing among five intents has accuracy 0.2. The bundled base covers both languages.
  expect(elsewhere.test.accuracy_ci95[0]).toBeGreaterThan(0.2);
  expect(elsewhere.test.accuracy_ci95[1]).toBeGreaterThanOrEqual(elsewhere.test.accuracy);
  const of = ({ accuracy, n }: { readonly accuracy: number; readonly n: number }) => ({
    successes: Math.round(accuracy * n),
    n,
  });
  const { difference, ci95 } = differenceInterval(of(elsewhere.test), of(run.test));
  expect(elsewhere.drop.value).toBe(difference);
  expect(elsewhere.drop.ci95).toEqual(ci95);
  expect(elsewhere.drop.words).toContain("points against the run's own test part");
  expect(readFileSync(join(run.run, "report.html"), "utf8")).toContain("On another test set");
  expect(readFileSync(join(run.model, "README.md"), "utf8")).toContain("zh.csv");
  const again = await resume(at("run"));
  expect(again.task === "text-classification" && again.elsewhere).toEqual(elsewhere);
});

test("texts of the training split are left out of the other test set, and other labels are refused", async () => {
  const known = rows.filter((row) => !chinese(row) && row.endsWith(",train")).slice(0, 3);
  const mixed = write("mixed.csv", [
    // Another spelling is the same text.
    ...known.map((row) =>
      row.replace(/^(.*),(\w+),train$/, (_, text, label) => `${text.toUpperCase()},${label},test`),
    ),
    ...rows.filter((row) => chinese(row) && row.endsWith(",test")),
  ]);
  const messages: string[] = [];
  const run = await train(english, {
    ...common,
    test: mixed,
    out: at("mixed"),
    onEvent: (e) => e.event === "warning" && e.code === "elsewhere_known" && messages.push(e.message),
  });
  expect(run.elsewhere).toMatchObject({ left_out: 3, test: { n: 45 } });
  expect(messages[0]).toContain("3 texts of ");
  const odd = write("odd.csv", ["你好,greeting,test"]);
  await expect(train(english, { ...common, test: odd, out: at("odd") })).rejects.toThrow(
    'odd.csv has a label that the run does not learn: "greeting"',
  );
});
