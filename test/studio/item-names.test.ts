// Runs name samples as the user knows them: by class and file name, or by class and place.
import { expect, test } from "vitest";
import { newProject, type Project } from "../../src/studio/project.js";
import { fileNames } from "../../src/studio/project-rows.js";
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

test.each([
  ["pictures", pictures],
  ["texts", project("texts", [{ id: "t", class: "c1", text: "x" }])],
])("the items of a run of %s are known again", async (_, its) => {
  const { files } = await sentData(await trainingData(its, async () => new Blob(["x"])));
  const items = itemsOf(its);
  expect(items.map(([, id]) => id)).toEqual(its.samples.map(({ id }) => id));
  const paths = new Set(files.map(([path]) => path));
  expect(items.filter(([item]) => !paths.has(item.replace(/, line \d+$/, "")))).toEqual([]);
});
