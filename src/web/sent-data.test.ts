import { expect, test } from "vitest";
import { openImages } from "../data/images/open-images.js";
import { webFiles } from "../platform/web/web-files.js";
import { webPlatform } from "../platform/web.js";
import type { WebData } from "./options.js";
import { sentData } from "./sent-data.js";
import { givenData } from "./sources.js";

const file = (name: string, content = name): File => new File([content], name);
const inFolder = (path: string) =>
  Object.assign(file(path.slice(path.lastIndexOf("/") + 1)), { webkitRelativePath: path });
const open = async (data: WebData) => givenData(await sentData(data), "data");
async function read(data: WebData, path?: string): Promise<string> {
  const { volume, root } = await open(data);
  return new TextDecoder().decode(await webFiles({ data: volume }, {}).read(path ?? root));
}
const lines = async (data: WebData): Promise<unknown[]> =>
  (await read(data))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);

test("labelled pictures become a list, in which a label may be any text", async () => {
  const data = [
    { file: file("1.jpg"), label: "cat" },
    { file: file("1.jpg"), label: "cat" },
    { file: new Blob(["x"]), label: "../a/b", part: "test" },
    { file: file("x.jpg"), label: "..", name: "../../x.jpg" },
  ];
  expect((await open(data)).root).toBe("/data/pictures.jsonl");
  expect(await lines(data)).toEqual([
    { image: "cat/1.jpg", label: "cat" },
    { image: "cat/1-2.jpg", label: "cat" },
    { image: ".._a_b/picture", label: "../a/b", split: "test" },
    { image: "_../.._.._x.jpg", label: ".." },
  ]);
});

test("labelled sounds become a list with a column of sounds, by their name or by their type", async () => {
  const recorded = new Blob(["x"], { type: "audio/wav" });
  const data = [
    { file: file("recording.wav"), label: "clap" },
    { file: recorded, label: "clap" },
    { file: new Blob(["x"]), label: "snap", name: "1.OGG" },
  ];
  expect((await open(data)).root).toBe("/data/sounds.jsonl");
  expect(await lines(data)).toEqual([
    { audio: "clap/recording.wav", label: "clap" },
    { audio: "clap/sound", label: "clap" },
    { audio: "snap/1.OGG", label: "snap" },
  ]);
});

test("rows keep their columns, and a file in a row is put into the folder of the list", async () => {
  const rows = [
    { text: "a fine book", label: "good" },
    { text: "slow", label: undefined, n: 12n, at: Number.NaN },
  ];
  expect((await open(rows)).root).toBe("/data/rows.jsonl");
  expect(await lines(rows)).toEqual([
    { text: "a fine book", label: "good" },
    { text: "slow", n: "12", at: null },
  ]);
  const pictures = [
    { file: file("1.png"), labels: ["red", "round"] },
    { photo: file("1.png"), price: 3 },
  ];
  expect(await lines(pictures)).toEqual([
    { image: "pictures/1.png", labels: ["red", "round"] },
    { photo: "pictures/1-2.png", price: 3 },
  ]);
  expect(await read(pictures, "/data/pictures/1-2.png")).toBe("1.png");
});

test("a list is a file, a text, or a blob whose first characters decide the format", async () => {
  const csv = "rooms,price\n1,2\n";
  for (const [data, root] of [
    [file("houses.csv", csv), "houses.csv"],
    [{ path: "houses.csv", content: csv }, "houses.csv"],
    [{ path: "houses.csv", content: new TextEncoder().encode(csv) }, "houses.csv"],
    [csv, "data.csv"],
    [new Blob([csv]), "data.csv"],
    [{ kind: "file", name: "houses.csv", getFile: async () => new Blob([csv]) } as const, "houses.csv"],
  ] as const) {
    expect((await open(data)).root).toBe(`/data/${root}`);
    expect(await read(data)).toBe(csv);
  }
  expect((await open("rooms\tprice\n1\t2\n")).root).toBe("/data/data.tsv");
  expect((await open('\uFEFF [{"rooms":1}]')).root).toBe("/data/data.json");
  expect((await open('{"rooms":1}\n{"rooms":2}')).root).toBe("/data/data.json");
});

test("the files of a folder are that folder", async () => {
  const chosen = [inFolder("flowers/rose/1.jpg")];
  expect((await open(chosen)).root).toBe("/data/flowers");
  expect(await read(chosen, "/data/flowers/rose/1.jpg")).toBe("1.jpg");
  const handle = {
    kind: "directory" as const,
    name: "flowers",
    values: async function* () {
      yield { kind: "file", name: "1.jpg", getFile: async () => file("1.jpg") };
    },
  };
  expect((await open(handle)).root).toBe("/data/flowers");
  expect(await read(handle, "/data/flowers/1.jpg")).toBe("1.jpg");
});

test("several files without a folder become one folder", async () => {
  const two = [file("train.csv", "a"), { path: "test.csv", content: "b" }];
  expect((await open(two)).root).toBe("/data");
  expect(await read(two, "/data/test.csv")).toBe("b");
  expect((await open([file("houses.csv")])).root).toBe("/data/houses.csv");
});

test("files among labelled pictures have no label", async () => {
  await expect(open([file("1.jpg"), { file: file("2.jpg"), label: "cat" }])).rejects.toMatchObject({
    kind: "DataError",
    message: "1 of 2 files have no label",
  });
});

test("one file among class folders is one file too few", async () => {
  const { volume, root } = await open([{ file: file("a.png", "no"), label: "a" }]);
  await expect(
    openImages(root, { platform: webPlatform({ data: volume }, { crypto }), cache: false }),
  ).rejects.toThrow("1 of 1 picture (100 %)");
});
