// The bundled page: its examples, and what it loads to write a result.
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { scoreClassification } from "../../src/evaluate/classification.js";
import { sampleKindFacts, sampleKinds } from "../../src/studio/project-kinds.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "engraft-studio-bundle-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
/** Bundles the page in a process of its own, which writes the files into a folder. */
const script = `import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { bundleStudio } from ${JSON.stringify(new URL("../../scripts/studio-bundle.mjs", import.meta.url).href)};
const { outputFiles, metafile } = await bundleStudio();
for (const { path, contents } of outputFiles) writeFileSync(join(${JSON.stringify(folder)}, basename(path)), contents);
process.stdout.write(JSON.stringify(metafile.outputs));`;
const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], {
  cwd: root,
  maxBuffer: 2 ** 26,
});
/** A file of the bundle, as esbuild describes it. */
interface Output {
  readonly entryPoint?: string;
  readonly imports: readonly { readonly path: string; readonly kind: string }[];
  readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>>;
}
const outputs = new Map(
  Object.entries(JSON.parse(stdout) as Record<string, Output>).map(([path, output]) => [
    basename(path),
    output,
  ]),
);
const jsonOf = (name: string) =>
  JSON.parse(readFileSync(join(folder, name), "utf8")) as Record<string, unknown>;
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
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  const labels = Array.from({ length: 40 }, (_, i) => i % 2);
  const logits = Float32Array.from(labels.flatMap((label) => (label === 1 ? [0, 2] : [2, 0])));
  const test = scoreClassification({ classes: ["ant", "bee"], labels, logits, items: labels.map(String) });
  const result = { task: "image-classification", classes: ["ant", "bee"], test };
  // In a process of its own, as in a page: the files are not those of this test.
  const steps = `import { resultJson, loadLanguage } from ${JSON.stringify(pathToFileURL(join(folder, writer)).href)};
const result = ${JSON.stringify(result)};
const titles = [];
const table = async (lang) => titles.push(\`\${(await resultJson(result, lang)).tables[1].title}\`);
await table("zh");
await table("en");
await loadLanguage("zh");
await table("zh");
await table("en");
await loadLanguage("en");
await table("en");
process.stdout.write(JSON.stringify(titles));`;
  const shown = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", steps]);
  expect(JSON.parse(shown.stdout)).toEqual(["", "", "各类别的得分", "", "Scores by class"]);
});
