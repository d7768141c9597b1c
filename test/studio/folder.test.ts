// A folder of class folders between two starts of `engraft studio`: each file is one sample, in the class that the user gave it.
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, expect, test } from "vitest";
import { newProject, type Sample } from "../../src/studio/project.js";
import { ProjectFolders } from "../../src/studio/project-folders-node.js";
import { sampleIds, writeTrainingData } from "../../src/studio/training-data-node.js";
import { inspectData } from "../../src/tasks/inspect-data.js";
import { pictureBytes, writeTree } from "../support/pictures.js";

const root = mkdtempSync(join(tmpdir(), "engraft-folder-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const open = (data: string) =>
  ProjectFolders.open({ root: join(data, "engraft-studio"), data, readOnly: false });

/** Opens the folder, and returns its samples as `CLASS: NAME`. */
async function samplesOf(data: string): Promise<string[]> {
  const folders = await open(data);
  const { project } = folders.of(folders.dataProject!).history;
  const names = new Map(project.classes.map(({ id, name }) => [id, name]));
  for (const { hash } of project.samples) await folders.content(project.id, hash!);
  return project.samples.map((sample) => `${names.get(sample.class)}: ${sample.name}`).sort();
}

function folderOf(name: string): string {
  const data = join(root, name);
  for (const file of ["ant/1.jpg", "ant/2.jpg", "bee/3.jpg", "bee/4.jpg"]) {
    mkdirSync(join(data, file, ".."), { recursive: true });
    writeFileSync(join(data, file), file);
  }
  return data;
}

test("a moved, renamed, changed or removed file is followed, and a correction of the page stays", async () => {
  const data = folderOf("changed");
  const all = ["ant: ant/1.jpg", "ant: ant/2.jpg", "bee: bee/3.jpg", "bee: bee/4.jpg"];
  expect(await samplesOf(data)).toEqual(all);
  const folders = await open(data);
  const { history, lines } = folders.of(folders.dataProject!);
  const [{ id }, , { class: bee }] = history.project.samples as [{ id: string }, unknown, { class: string }];
  await folders.append(history.project.id, lines, [{ do: "move-samples", ids: [id], class: bee }]);
  renameSync(join(data, "ant/1.jpg"), join(data, "ant/one.jpg"));
  renameSync(join(data, "ant/2.jpg"), join(data, "bee/2.jpg"));
  writeFileSync(join(data, "bee/3.jpg"), "another picture");
  rmSync(join(data, "bee/4.jpg"));
  const after = ["bee: ant/one.jpg", "bee: bee/2.jpg", "bee: bee/3.jpg"];
  expect(await samplesOf(data)).toEqual(after);
  writeFileSync(join(data, "bee/4.jpg"), "bee/4.jpg");
  expect(await samplesOf(data)).toEqual([...after, "bee: bee/4.jpg"]);
  renameSync(join(data, "bee"), join(data, "wasp"));
  expect(await samplesOf(data)).toEqual([
    "bee: ant/one.jpg",
    "wasp: wasp/2.jpg",
    "wasp: wasp/3.jpg",
    "wasp: wasp/4.jpg",
  ]);
});

test("equal files of two splits are two samples, each in its split, and the training names the leak", async () => {
  const data = join(root, "splits");
  for (const [i, part] of ["train", "train", "test", "test"].entries())
    for (const [j, label] of ["ant", "bee"].entries())
      await writeTree(data, { [`${part}/${label}/${i}.png`]: await pictureBytes(10 * i + j) });
  await writeTree(data, {
    "train/ant/same.png": await pictureBytes(99),
    "test/ant/same.png": await pictureBytes(99),
  });
  const folders = await open(data);
  const project = folders.of(folders.dataProject!);
  expect(project.history.project.samples).toHaveLength(10);
  const [{ hash, class: ant }] = project.history.project.samples.filter(
    ({ name }) => name === "train/ant/same.png",
  ) as [Sample];
  const added = { id: "page", class: ant, hash, name: "same.png" };
  await folders.append(project.history.project.id, project.lines, [{ do: "add-samples", samples: [added] }]);
  const list = await writeTrainingData(folders, project, "run");
  const rows = readFileSync(list, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(rows.filter(({ file_name: path }) => /same/.test(path))).toEqual([
    ...["test", "train"].map((split) => ({
      file_name: join(data, split, "ant/same.png"),
      label: "ant",
      split,
    })),
    { file_name: "ant/same-3.png", label: "ant", split: "train" },
  ]);
  const { splits, leaks } = await inspectData(list);
  expect(splits).toMatchObject({ test: 5 });
  expect(leaks.length).toBeGreaterThan(0);
  const ids = await sampleIds(project.folder, "run");
  const known = rows.map(({ file_name: path }) => ids(path));
  expect(new Set(known)).toEqual(new Set(project.history.project.samples.map(({ id }) => id)));
});

test("equal contents of the page are samples of their own", async () => {
  const at = join(root, "copies");
  const folders = await ProjectFolders.open({ root: at, readOnly: false });
  const content = await pictureBytes(3);
  const hash = createHash("sha256").update(content).digest("hex");
  const classes = [{ id: "c", name: "a/b" }];
  const samples = ["one", "two"].map((id) => ({ id, class: "c", hash, name: `${id}.PNG`, group: "g" }));
  await folders.create({ ...newProject("p", "pictures", "p", "2026-01-31"), classes, samples });
  await folders.put("p", hash, content.length, new Blob([new Uint8Array(content)]).stream());
  const list = await writeTrainingData(folders, folders.of("p"), "run");
  expect(readFileSync(list, "utf8")).toBe(
    samples.map(({ id }) => `{"file_name":"a_b/${id}.PNG","label":"a/b","group":"g"}\n`).join(""),
  );
  const ids = await sampleIds(folders.of("p").folder, "run");
  expect([ids("a_b/one.PNG"), ids("a_b/two.PNG"), ids("x")]).toEqual(["one", "two", undefined]);
});

test("files of a project keep their paths, and none leaves the folder", async () => {
  const folders = await ProjectFolders.open({ root: join(root, "files"), readOnly: false });
  const hash = createHash("sha256").update("x").digest("hex");
  const paths = [
    "train/a/1.jpg",
    "test/a/1.jpg",
    "README.md",
    `${"long".repeat(40)}.jpg`,
    "../../out.jpg",
    "/etc/x",
  ];
  const project = newProject("p", "files", "p", "2026-01-31");
  await folders.create({ ...project, files: paths.map((path) => ({ path, hash })) });
  await folders.put("p", hash, 1, new Blob(["x"]).stream());
  const folder = await writeTrainingData(folders, folders.of("p"), "run");
  const written = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  expect(written.map((one) => relative(folder, join(one.parentPath, one.name))).sort()).toEqual(
    [...paths.slice(0, 4), "_/_/out.jpg", "_/etc/x"].sort(),
  );
});

test("no sample comes twice when the hashes of the last start are lost", async () => {
  const data = folderOf("lost");
  const first = await samplesOf(data);
  rmSync(join(data, "engraft-studio/hashes.json"));
  expect(await samplesOf(data)).toEqual(first);
});

test("uploads that a kill cut are removed at the next start, and by no studio that only reads", async () => {
  const at = join(root, "halves");
  const first = await ProjectFolders.open({ root: at, readOnly: false });
  await first.create(newProject("p", "pictures", "p", "2026-01-31"));
  const hash = createHash("sha256").update("x").digest("hex");
  await first.put("p", hash, 1, new Blob(["x"]).stream());
  const place = join(at, "p/data", hash.slice(0, 2));
  const uuid = "0123abcd-0123-4567-89ab-0123456789ab";
  const halves = [
    ...[join(place, `${hash}.${uuid}.tmp`), join(place, `.${hash}.0123456789ab.tmp`)],
    ...[join(at, "p/.actions.jsonl.0123456789ab.tmp"), join(at, ".hashes.json.0123456789ab.tmp")],
  ];
  // Neither files of the user nor those of a run.
  const others = [join(at, "p/mine.tmp"), join(at, "p/runs/r/.run.json.0123456789ab.tmp")];
  await writeTree(at, Object.fromEntries([...halves, ...others].map((path) => [relative(at, path), "half"])));
  const left = () => [...halves, ...others].filter((path) => existsSync(path));
  await ProjectFolders.open({ root: at, readOnly: true });
  expect(left()).toEqual([...halves, ...others]);
  const again = await ProjectFolders.open({ root: at, readOnly: false });
  expect(left()).toEqual(others);
  expect(readFileSync(await again.content("p", hash), "utf8")).toBe("x");
});

test("a damaged project is named, left as it is, and does not close the others", async () => {
  const at = join(root, "projects");
  const first = await ProjectFolders.open({ root: at, readOnly: false });
  const [good, bad] = ["good", "bad"].map((id) => newProject(id, "texts", id, "2026-01-31"));
  await first.create(good!);
  await first.create(bad!);
  const log = join(at, "bad/actions.jsonl");
  writeFileSync(log, "damaged\n");
  const folders = await ProjectFolders.open({ root: at, readOnly: false });
  expect(folders.list().map(({ history }) => history.project.id)).toEqual(["good"]);
  expect(folders.damaged).toEqual([
    `${join(at, "bad")}: This project is damaged: line 1 of its log is no project.`,
  ]);
  await expect(folders.create(bad!)).rejects.toMatchObject({ status: 409 });
  expect(readFileSync(log, "utf8")).toBe("damaged\n");
});

test("a table is copied into its project, again when it has changed", async () => {
  const at = join(root, "tables");
  mkdirSync(at);
  const table = join(at, "t.csv");
  const folders = await ProjectFolders.open({ root: join(at, "engraft-studio"), readOnly: false });
  for (const text of ["a,b\n1,2\n", "a,b\n1,3\n"]) {
    writeFileSync(table, text);
    await folders.ensure(newProject("t", "table", "t", "2026-01-31"));
    for (let times = 0; times < 2; times++) await folders.place("t", table);
    const [file] = folders.of("t").history.project.files;
    expect(file!.path).toBe("t.csv");
    expect(readFileSync(await folders.content("t", file!.hash), "utf8")).toBe(text);
  }
  expect(folders.of("t").lines).toBe(5);
  expect(readdirSync(at).sort()).toEqual(["engraft-studio", "t.csv"]);
});
