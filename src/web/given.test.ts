import { expect, test } from "vitest";
import { openImages } from "../data/index.js";
import { webFiles } from "../platform/web/web-files.js";
import { givenData } from "./given.js";

const read = async (root: string, volume: ReturnType<typeof givenData>["volume"]): Promise<string> =>
  new TextDecoder().decode(await webFiles({ data: volume }, {}).read(root));
const file = (name: string, content = name): File => new File([content], name);

test("labelled pictures become a list, in which a label may be any text", async () => {
  const { volume, root } = givenData(
    {
      labelled: [
        { file: file("1.jpg"), label: "cat" },
        { file: file("1.jpg"), label: "cat" },
        { file: new Blob(["x"]), label: "../a/b", part: "test" },
        { file: file("x.jpg"), label: "..", name: "../../x.jpg" },
      ],
    },
    "data",
  );
  expect(root).toBe("/data/pictures.jsonl");
  expect(
    (await read(root, volume))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual([
    { image: "cat/1.jpg", label: "cat" },
    { image: "cat/1-2.jpg", label: "cat" },
    { image: ".._a_b/picture", label: "../a/b", split: "test" },
    { image: "_../.._.._x.jpg", label: ".." },
  ]);
});

test("the files of a folder are that folder", async () => {
  const { volume, root } = givenData({ files: [["flowers/rose/1.jpg", file("1.jpg")]] }, "data");
  expect(root).toBe("/data/flowers");
  expect(await read("/data/flowers/rose/1.jpg", volume)).toBe("1.jpg");
});

test("one file among class folders is one file too few", async () => {
  const { webPlatform } = await import("../platform/web.js");
  const { volume, root } = givenData({ labelled: [{ file: file("a.png", "no"), label: "a" }] }, "data");
  await expect(
    openImages(root, { platform: webPlatform({ data: volume }, { crypto }), cache: false }),
  ).rejects.toThrow("1 of 1 picture (100 %)");
});
