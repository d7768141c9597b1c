// Runs name samples as the user knows them: by class and file name, or by class and place.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readTexts } from "../../src/data/texts/read-texts.js";
import { nodePlatform } from "../../src/platform/node.js";
import { newProject, type Project } from "../../src/studio/project.js";
import { fileNames, textNames } from "../../src/studio/project-rows.js";
import { sentData } from "../../src/web/sent-data.js";
import { itemsOf, trainingData } from "../../studio/store/training-data.js";

const classes = [
  { id: "c1", name: "Class 1" },
  { id: "c2", name: "good / bad" },
];
const hash = "0".repeat(64);
const sample = (id: string, of: string, more: object = {}) => ({ id, class: of, hash, ...more });
const project = (kind: string, samples: Project["samples"]): Project => ({
  ...newProject("p", kind, "p", "2026-01-31"),
  ...{ classes, samples },
});
const pictures = project("pictures", [
  sample("a1", "c1", { name: "photos/ant.PNG" }),
  sample("a2", "c1"),
  sample("a3", "c2", { type: "image/png" }),
  sample("a4", "c1", { name: "ant.png" }),
  sample("a5", "c1", { name: "pasted" }),
]);

test("a file is named as it came, or by its place in its class", () => {
  expect(fileNames(pictures)).toEqual(["ant.PNG", "2.jpg", "1.png", "ant-2.png", "pasted.jpg"]);
  expect(fileNames(project("sounds", [sample("s", "c1")]))).toEqual(["1.wav"]);
});

const long = "My parcel has not arrived, and nobody answers the phone.";
const texts = project(
  "texts",
  ["Where is  it?", "Where is it?", long].map((text, i) => ({ id: `t${i}`, class: "c1", text })),
);

test("a text is named by its first words", () => {
  expect(textNames(texts)).toEqual([
    ...["Where is it?", "Where is it? (2)", "My parcel has not arrived, and nobody answers the …"],
  ]);
});

test("the items of a run of pictures are known again", async () => {
  const { files } = await sentData(await trainingData(pictures, async () => new Blob(["x"])));
  const items = itemsOf(pictures);
  expect(items.map(([, id]) => id)).toEqual(pictures.samples.map(({ id }) => id));
  const paths = new Set(files.map(([path]) => path));
  expect(items.filter(([item]) => !paths.has(item))).toEqual([]);
});

test("the items of a run of texts are known again", async () => {
  const { files } = await sentData(await trainingData(texts, async () => new Blob([])));
  const folder = mkdtempSync(join(tmpdir(), "engraft-names-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const at = join(folder, files[0]![0]);
  writeFileSync(at, await files[0]![1].text());
  const { kept } = await readTexts(nodePlatform, at, () => () => ({ target: 0 }));
  expect(kept.map(({ id }) => id)).toEqual(itemsOf(texts).map(([item]) => item));
});
