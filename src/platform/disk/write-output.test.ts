import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { writeFolder } from "../../bases/model-folder/write-folder.js";
import { openDrawings } from "../../cli/commands/predict/draw-pictures.js";
import { nodePlatform } from "../node.js";
import { type OutputKind, writeOutput } from "./write-output.js";

const root = mkdtempSync(join(tmpdir(), "engraft-outputs-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const at = (...names: string[]) => join(root, ...names);
const { files } = nodePlatform;

/** What a command writes of each kind. */
const written: Readonly<Record<OutputKind, string>> = {
  page: '<!doctype html>\n<html lang="en">\n<head>\n<meta name="generator" content="Engraft">',
  drawing: "\u0089PNG drawn by Engraft",
  samples: '{"format":1,"data":"abc","samples":{}}\n',
  card: "# Flowers\n\nTrained with Engraft.",
  sums: "ENGFSUM1",
  detections: "[]",
};

test.each(Object.keys(written) as OutputKind[])(
  "a file of the user is not replaced by a %s",
  async (kind) => {
    const path = at(`data-${kind}`);
    writeFileSync(path, '{"images": []}');
    const refused = writeOutput(files, path, written[kind], kind, "--out");
    await expect(refused).rejects.toMatchObject({
      kind: "OptionError",
      message: expect.stringMatching(/^".*" is there already.*: it is not overwritten$/),
      help: "give another path to --out, or move the file away",
    });
    expect(readFileSync(path, "utf8")).toBe('{"images": []}');
  },
);

test("a link to the user's file is not replaced either, and a folder is not", async () => {
  writeFileSync(at("labels.csv"), "file,label\n");
  symlinkSync(at("labels.csv"), at("page.html"));
  await expect(writeOutput(files, at("page.html"), "x", "page", "--out")).rejects.toThrow("is there already");
  mkdirSync(at("folder"));
  await expect(writeOutput(files, at("folder"), "x", "page", "--out")).rejects.toThrow("is a folder");
});

test("a new file is written, and an earlier one of the same kind is replaced", async () => {
  for (const kind of ["page", "drawing", "samples"] as const) {
    await writeOutput(files, at(`new-${kind}`), written[kind], kind, "--out");
    await writeOutput(files, at(`new-${kind}`), `${written[kind]} `, kind, "--out");
    expect(readFileSync(at(`new-${kind}`), "utf8")).toBe(`${written[kind]} `);
  }
  await writeOutput(files, at("found.json"), "[]", "detections", "--coco");
  await expect(writeOutput(files, at("found.json"), "[]", "detections", "--coco")).rejects.toMatchObject({
    kind: "OptionError",
    details: { path: at("found.json") },
  });
});

test("a folder of the user is not replaced by a model, and its neighbours stay", async () => {
  const content = [["README.md", "trained with Engraft"]] as const;
  for (const name of ["photos", "model.old", "model.new"]) {
    mkdirSync(at(name));
    writeFileSync(at(name, "a.jpg"), "picture");
  }
  await expect(writeFolder(nodePlatform, at("photos"), content)).rejects.toThrow(
    "is there already, and it is no model that Engraft wrote",
  );
  await writeFolder(nodePlatform, at("model"), content);
  await writeFolder(nodePlatform, at("model"), [["README.md", "trained again with Engraft"]]);
  expect(readFileSync(at("model", "README.md"), "utf8")).toBe("trained again with Engraft");
  for (const name of ["photos", "model.old", "model.new"])
    expect(readFileSync(at(name, "a.jpg"), "utf8")).toBe("picture");
  const left = (await files.list(root)).filter(({ name }) => name.endsWith(".tmp"));
  expect(left).toEqual([]);
});

test("predict --draw replaces its own drawings, and neither pictures nor their originals behind a link", async () => {
  const { default: sharp } = await import("sharp");
  const picture = { create: { width: 8, height: 8, channels: 3, background: "#345" } } as const;
  for (const folder of ["mine", "others"]) mkdirSync(at(folder));
  const original = await sharp(picture).png().toBuffer();
  for (const path of [at("mine", "a.png"), at("others", "a.png")]) writeFileSync(path, original);
  writeFileSync(at("mine", "b.jpg"), await sharp(picture).jpeg().toBuffer());
  symlinkSync(at("mine"), at("linked"));
  for (const folder of [at("mine"), at("linked"), at("others")]) {
    const draw = await openDrawings(folder);
    await expect(draw(at("mine", "a.png"), { boxes: [] })).rejects.toMatchObject({ kind: "OptionError" });
  }
  for (const folder of ["mine", "others"]) expect(readFileSync(at(folder, "a.png"))).toEqual(original);
  for (const _ of ["first", "second"]) {
    const draw = await openDrawings(at("drawn"));
    expect(await draw(at("mine", "a.png"), { boxes: [] })).toBe(at("drawn", "a.png"));
    expect(await draw(at("mine", "b.jpg"), { boxes: [] })).toBe(at("drawn", "b.jpg"));
  }
});
