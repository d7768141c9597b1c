// The bundled page: its examples, and what it loads to write a result.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { bundleStudio } from "../../scripts/studio-bundle.mjs";
import { scoreClassification } from "../../src/evaluate/classification.js";
import { sampleKindFacts, sampleKinds } from "../../src/studio/project-kinds.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "engraft-studio-bundle-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const { outputFiles, metafile } = await bundleStudio();
const outputs = new Map(Object.entries(metafile.outputs).map(([path, output]) => [basename(path), output]));
const jsonOf = (name: string) =>
  JSON.parse(
    new TextDecoder().decode(outputFiles.find(({ path }) => basename(path) === name)!.contents),
  ) as Record<string, unknown>;
const writer = [...outputs].find(([, { entryPoint }]) => entryPoint?.endsWith("result-json.ts"))![0];

test("every kind of samples with a class has examples and a base, named in one table", () => {
  const facts = sampleKinds.map((kind) => sampleKindFacts(kind)!);
  for (const { examples } of facts) expect(existsSync(join(root, "assets", examples))).toBe(true);
  expect(Object.keys(jsonOf("examples.json"))).toEqual(sampleKinds);
  expect(Object.keys(jsonOf("bases.json"))).toEqual(facts.map(({ base }) => base));
  expect(jsonOf("examples.json")).toMatchObject({
    pictures: { crack: ["package/assets/demo/train/crack/000.jpg", ...Array(9).fill(expect.any(String))] },
    texts: "package/assets/demo-texts/messages.csv",
  });
});

/** Returns the files that a file always loads, itself included. */
function loadedBy(name: string, found = new Set<string>()): ReadonlySet<string> {
  if (found.has(name)) return found;
  found.add(name);
  for (const { path, kind } of outputs.get(name)!.imports)
    if (kind === "import-statement") loadedBy(basename(path), found);
  return found;
}

test("a result is written with the sentences of one language, which are a file of their own", async () => {
  const wordsIn = (name: string) =>
    [...loadedBy(name)].flatMap((file) =>
      Object.keys(outputs.get(file)!.inputs).filter((path) => /^real:.*\/words\/(en|zh)\//.test(path)),
    );
  const inputs = [...loadedBy(writer)].flatMap((file) => Object.entries(outputs.get(file)!.inputs));
  const sentences = inputs.filter(([path]) => /\/words\/(en|zh)\//.test(path));
  // A stand-in has a line for each table of its file.
  expect(sentences.filter(([, { bytesInOutput }]) => bytesInOutput > 500)).toEqual([]);
  const fileOf = (lang: string) => [...outputs.keys()].find((name) => name.startsWith(`${lang}-sentences`))!;
  expect(wordsIn(fileOf("english")).filter((path) => path.includes("/zh/"))).toEqual([]);
  expect(wordsIn(fileOf("chinese")).filter((path) => path.includes("/en/"))).toEqual([]);
});

test("the bundled writer has no sentences before their language is loaded", async () => {
  for (const { path, contents } of outputFiles)
    if (path.endsWith(".js")) writeFileSync(join(folder, basename(path)), contents);
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  const { resultJson, loadLanguage } = (await import(
    join(folder, writer)
  )) as typeof import("../../src/tasks/report/result-json.js");
  const labels = Array.from({ length: 40 }, (_, i) => i % 2);
  const logits = Float32Array.from(labels.flatMap((label) => (label === 1 ? [0, 2] : [2, 0])));
  const test = scoreClassification({ classes: ["ant", "bee"], labels, logits, items: labels.map(String) });
  const result = { task: "image-classification", classes: ["ant", "bee"], test } as never;
  const tables = async (lang: "en" | "zh") => (await resultJson(result, lang)).tables[1]!.title;
  expect(`${await tables("zh")}${await tables("en")}`).toBe("");
  await loadLanguage("zh");
  expect(`${await tables("zh")}`).toBe("各类别的得分");
  expect(`${await tables("en")}`).toBe("");
  await loadLanguage("en");
  expect(await tables("en")).toBe("Scores by class");
});
