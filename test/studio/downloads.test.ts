// What the page Use packs of a project with strange names: readers of data and the studio find the same classes in it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { unzipSync } from "fflate";
import { afterAll, expect, test, vi } from "vitest";
import { readZip, writeZip } from "../../src/platform/zip.js";
import { hashOf } from "../../src/studio/content-hash.js";
import { newProject, type Project } from "../../src/studio/project.js";
import { packProject } from "../../src/studio/project-zip.js";
import { inspectData } from "../../src/tasks/inspect-data.js";
import { pictureBytes } from "../support/pictures.js";

// The store has the words of the page, which looks at its address.
vi.stubGlobal("location", { hash: "" });
vi.stubGlobal("addEventListener", () => undefined);
/** A module of the page. Its types need those of a browser, which tests do not have. */
const ofPage = (name: string) =>
  import(/* @vite-ignore */ fileURLToPath(new URL(`../../studio/store/${name}.ts`, import.meta.url)));
const { openZip } = await ofPage("import-project");
const { packData } = await ofPage("packages");
const { Store } = await ofPage("store");
const { classNameOf } = await ofPage("class-name");
const { MemoryStorage } = await ofPage("memory-storage");

const root = mkdtempSync(join(tmpdir(), "engraft-downloads-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const strange = [
  ...["a/b", "a\\b", "..", ".", "../../etc/passwd", "/etc/passwd", "C:\\Windows", ".hidden", "~", "-rf"],
  ...[
    "CON",
    "nul.txt",
    "COM1",
    "com²",
    "CONIN$",
    "LPT9.a.b",
    "aux .jpg",
    "a dot.",
    "dots...",
    "metadata.csv",
  ],
  ...["runs", "README.md", "__MACOSX", "engraft-studio", "train", "Test", "validation", "samples.csv"],
  ...["label", "file_name", "NA", "null", "none", "?", "true", "<img src=x onerror=alert(1)>", '"quoted"'],
  ...[
    "'",
    "a,b;c d",
    "=1+1",
    "%00",
    "%2e%2e",
    "σ",
    "ς",
    "ﬁ",
    "ß",
    "é",
    "İ",
    "👩‍👩‍👧",
    "\u202egpj.exe",
    "a\u200bb",
  ],
  ...["long ".repeat(39).concat("name"), "长".repeat(200), "__proto__", "constructor"],
];

/** A project with three samples in each class. */
async function projectOf(kind: "pictures" | "texts", names: readonly string[]) {
  const contents = new Map<string, Blob>();
  const classes = names.map((name, i) => ({ id: `c-${i}`, name }));
  const samples: Project["samples"] = [];
  for (const [i, { id, name }] of classes.entries())
    for (const j of [0, 1, 2]) {
      const common = { id: `s-${i}-${j}`, class: id };
      if (kind === "texts") {
        samples.push({ ...common, text: `the words of ${i}, number ${j}: ${"abc"[j]!.repeat(i + 1)}` });
        continue;
      }
      const blob = new Blob([new Uint8Array(await pictureBytes(3 * i + j))]);
      const hash = await hashOf(blob);
      contents.set(hash, blob);
      samples.push({ ...common, hash, type: "image/png", name: `${name}.png` });
    }
  const project: Project = { ...newProject("p", kind, "..", "2026-11-28"), classes, samples };
  return { project, content: async (hash: string) => contents.get(hash)! };
}

/** Writes the files of a zip into a folder. */
async function unpack(zip: Blob, name: string): Promise<readonly string[]> {
  // The studio itself refuses paths out of a folder.
  const paths = [...(await readZip(zip)).keys()];
  for (const [path, content] of Object.entries(unzipSync(new Uint8Array(await zip.arrayBuffer())))) {
    const at = join(root, name, path);
    mkdirSync(dirname(at), { recursive: true });
    writeFileSync(at, content);
  }
  return paths;
}

test.each(["pictures", "texts"] as const)("data of %s have the same classes for readers", async (kind) => {
  const { project, content } = await projectOf(kind, strange);
  const paths = await unpack(await packData(project, content), kind);
  // Windows and macOS take each of them as another file, and show each.
  const parts = new Set(paths.flatMap((path) => path.split("/")));
  for (const part of parts) {
    expect(part).toMatch(/^[^.\s\\:*?"<>|][^\\:*?"<>|\p{Cc}\p{Cf}]*(?<![. ])$/u);
    expect(part).not.toMatch(/^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[\d¹²³]) *(\.|$)/i);
  }
  const forms = [(path: string) => path.toLowerCase(), (path: string) => path.toUpperCase()];
  for (const form of forms)
    expect(new Set(paths.map((path) => form(path).normalize())).size).toBe(paths.length);
  const { classes = [], skipped } = await inspectData(join(root, kind));
  expect(skipped).toEqual([]);
  expect(classes.map(({ name }) => name).sort()).toEqual([...strange].sort());
  expect(classes.map((one) => one.train + one.validation + one.test)).toEqual(strange.map(() => 3));
});

test.each(["pictures", "texts"] as const)(
  "a spreadsheet that opens the data of %s runs nothing",
  async (kind) => {
    const list = { pictures: "metadata", texts: "samples" }[kind];
    for (const [name, ending] of [
      ["fine", "csv"],
      ["=cmd|' /C calc'!A0", "jsonl"],
      ["＠SUM(1)", "jsonl"],
    ] as const) {
      const { project, content } = await projectOf(kind, [name, "other"]);
      const paths = await unpack(await packData(project, content), `${kind}-${name.length}`);
      expect(paths.filter((path) => /\.(csv|jsonl)$/.test(path))).toEqual([`${list}.${ending}`]);
      const { classes = [] } = await inspectData(join(root, `${kind}-${name.length}`));
      expect(classes.map((one) => one.name).sort()).toEqual([name, "other"].sort());
    }
  },
);

test("a project zip opens with the same classes and samples", async () => {
  const { project, content } = await projectOf("texts", strange);
  const store = new Store(new MemoryStorage());
  await openZip(store, await packProject(project, content), () => undefined);
  const opened: Project = store.project.value;
  expect(opened.classes).toEqual(project.classes);
  expect(opened.samples).toEqual(project.samples);
});

test("classes of a zip that a training would read as one are one", async () => {
  // Composed or not, with spaces around it, and on two lines.
  const names = ["é", "e\u0301", " é ", "é\n", "b\u0000c", "b c", " \t"];
  const { project, content } = await projectOf("texts", names);
  const store = new Store(new MemoryStorage());
  await openZip(store, await packProject(project, content), () => undefined);
  const opened: Project = store.project.value;
  expect(opened.classes.map(({ name }) => name)).toEqual(["é", "b c", "-"]);
  expect(opened.samples).toHaveLength(21);
  await unpack(await packData(opened, content), "united");
  const { classes = [] } = await inspectData(join(root, "united"));
  expect(classes.map(({ name }) => name).sort()).toEqual(["-", "b c", "é"]);
});

test("a list of texts gives classes by the same names", async () => {
  const store = new Store(new MemoryStorage());
  await store.create("texts", "p");
  await store.addLabelled(
    new Map([
      ["e\u0301", [{ content: "one" }]],
      ["é", [{ content: "two" }]],
    ]),
  );
  const { classes, samples }: Project = store.project.value;
  expect([classes.map(({ name }) => name), samples.length]).toEqual([["é"], 2]);
  expect(classNameOf(`${"a".repeat(199)}👩`)).toBe("a".repeat(199));
});

test("a zip with more files than readers take is not written", async () => {
  const stream = () => ({ getReader: () => ({ read: async () => ({ done: true }) }) });
  const content = { size: 0, stream } as unknown as Blob;
  const files = Array.from({ length: 65_535 }, (_, i) => ({ path: String(i), content }));
  await expect(writeZip(files)).rejects.toThrow("too large for one zip file");
});
