import { unzipSync, zipSync } from "fflate";
import { expect, test } from "vitest";
import { readZip, writeZip } from "../platform/zip.js";
import { hashOf } from "./content-hash.js";
import { newProject, type Project } from "./project.js";
import { linesOf, readLog, startOfLog } from "./project-log.js";
import { packProject, unpackProject } from "./project-zip.js";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const blobOf = (files: Record<string, string | Uint8Array>, level: 0 | 9 = 9): Blob =>
  new Blob([
    zipSync(
      Object.fromEntries(Object.entries(files).map(([k, v]) => [k, typeof v === "string" ? bytes(v) : v])),
      { level },
    ) as Uint8Array<ArrayBuffer>,
  ]);

/** Returns where the list of files of a zip begins. */
const directoryOf = (zip: Uint8Array<ArrayBuffer>): number =>
  new DataView(zip.buffer, zip.length - 22).getUint32(16, true);

const picture = new Blob(["a picture"]);
async function leaves(): Promise<Project> {
  return {
    ...newProject("p", "pictures", "Leaves 叶", "2026-11-28T00:00:00.000Z"),
    classes: [{ id: "a", name: "<img src=x onerror=alert(1)>" }],
    samples: [
      { id: "1", class: "a", hash: await hashOf(picture), name: "1.jpg" },
      { id: "2", class: "a", text: "words" },
    ],
  };
}

test("a packed project is unpacked with the same samples and contents", async () => {
  const model = new Blob(["a model"]);
  const base = { name: "mine", hash: await hashOf(model) };
  const project = { ...(await leaves()), base };
  const zip = await packProject(project, async (hash) => (hash === base.hash ? model : picture));
  const unpacked = await unpackProject(zip);
  expect(unpacked.project).toEqual(project);
  expect(await (await unpacked.content(project.samples[0]!.hash!)).text()).toBe("a picture");
  expect(await (await unpacked.content(base.hash)).text()).toBe("a model");
});

test("another program reads the zip, and compressed zips of other programs are read", async () => {
  const files = { "project.json": "{}", "data/ab/名.txt": "x".repeat(5000), empty: "" };
  const written = await writeZip(
    Object.entries(files).map(([path, text]) => ({ path, content: new Blob([text]) })),
  );
  const read = unzipSync(new Uint8Array(await written.arrayBuffer()));
  expect(Object.fromEntries(Object.entries(read).map(([k, v]) => [k, new TextDecoder().decode(v)]))).toEqual(
    files,
  );
  for (const level of [0, 9] as const)
    for (const [path, entry] of await readZip(blobOf(files, level)))
      expect(await (await entry.read()).text()).toBe(files[path as keyof typeof files]);
});

test.each(["../x", "/x", "a/../x", "a\\..\\x", "C:/x", "a//x", "./x", "a\u0000"])(
  "the path %j in a zip is refused",
  async (path) => {
    await expect(readZip(blobOf({ [path]: "1" }))).rejects.toThrow(/The path ".*" is not allowed/);
  },
);

test("a zip that unpacks to over 100 times its size is refused before it is unpacked", async () => {
  await expect(readZip(blobOf({ bomb: new Uint8Array(10_000_000) }))).rejects.toThrow(
    "This zip file cannot be opened. It unpacks to over 100 times its size.",
  );
});

test("a file that unpacks to more than the directory says is refused while it is unpacked", async () => {
  const zip = new Uint8Array(await blobOf({ bomb: new Uint8Array(50_000_000) }).arrayBuffer());
  new DataView(zip.buffer).setUint32(directoryOf(zip) + 24, 1000, true);
  const entries = await readZip(new Blob([zip]));
  await expect(entries.get("bomb")!.read()).rejects.toThrow("bomb is damaged");
});

test.each([0, 9] as const)(
  "a file of other bytes than were packed is refused, at level %i",
  async (level) => {
    const content = bytes("words ".repeat(50));
    const zip = new Uint8Array(await blobOf({ file: content }, level).arrayBuffer());
    // The first byte of the content, behind the header and the name, or the sum in the list of files.
    if (level === 0) zip[30 + 4]! ^= 1;
    else new DataView(zip.buffer).setUint32(directoryOf(zip) + 16, 7, true);
    const entries = await readZip(new Blob([zip]));
    await expect(entries.get("file")!.read()).rejects.toThrow("file is damaged.");
  },
);

test.each([
  ["an empty file", new Blob([])],
  ["a picture", picture],
  ["the first half of a zip", blobOf({ a: "x".repeat(999) }, 0).slice(0, 500)],
  [
    "a directory that points outside",
    new Blob([new Uint8Array([0x50, 0x4b, 5, 6, 0, 0, 0, 0, 9, 0, 9, 0, ...Array(10).fill(255)])]),
  ],
])("%s is refused with a sentence", async (_, file) => {
  await expect(unpackProject(file)).rejects.toMatchObject({
    kind: "DataError",
    message: /This zip file cannot be opened/,
  });
});

test.each([
  [
    "no project.json",
    { "data/x": "1" },
    "This zip file is no project of the studio. It has no project.json.",
  ],
  ["broken JSON", { "project.json": "{" }, "Its project.json is damaged."],
  [
    "a newer version",
    { "project.json": '{"format":2,"more":true}' },
    "This project was made by a newer version of Engraft: update the page.",
  ],
  ["a project without a name", { "project.json": '{"format":1}' }, "This project is damaged: "],
])("a zip with %s is refused with a sentence", async (_, files, message) => {
  await expect(unpackProject(blobOf(files as Record<string, string>))).rejects.toThrow(message);
});

test("a content with another hash is refused", async () => {
  const zip = await packProject(await leaves(), async () => new Blob(["another"]));
  const { project, content } = await unpackProject(zip);
  await expect(content(project.samples[0]!.hash!)).rejects.toThrow(
    /The content [0-9a-f]{12}… is missing or damaged/,
  );
});

test("a log gives the project of its actions, without a last line that a crash cut", async () => {
  const project = await leaves();
  const rename = linesOf([{ do: "rename-project", name: "Trees" }]);
  const log = startOfLog(project) + rename;
  expect(readLog(log).project.name).toBe("Trees");
  expect(readLog(log + rename.slice(0, 20)).project).toEqual(readLog(log).project);
  expect(() => readLog(`${startOfLog(project)}{"do":"drop"}\n`)).toThrow("line 2 of its log");
  expect(() => readLog("")).toThrow("line 1 of its log");
});
