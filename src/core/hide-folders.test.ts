import { expect, test } from "vitest";
import { baseName, foldersIn, hideFolders } from "./hide-folders.js";

test("the folders of a record are those of its absolute paths and of the words of its command", () => {
  const record = {
    data: "/home/ann/flowers",
    options: { base: "C:\\Users\\ann\\resnet.onnx", seed: 0, names: ["relative/name.png", "a / b"] },
    command: `engraft train "/srv/my data/list.csv" --base ./base --out '/mnt/runs/one'`,
  };
  expect(foldersIn(record)).toEqual(["/home/ann", "C:\\Users\\ann", "/srv/my data", "/mnt/runs"]);
});

test("a path directly below the root has no folder to hide", () => {
  expect(foldersIn(["/data", "C:\\data", "/"])).toEqual([]);
});

test("paths below the folders begin with ./, the deepest folder first", () => {
  const page =
    'engraft train "/home/ann/pets/flowers" --out /home/ann/runs/1 <code>/home/ann/runs/1/model</code>';
  expect(hideFolders(page, ["/home/ann", "/home/ann/pets", "/home/ann/runs"])).toBe(
    'engraft train "./flowers" --out ./1 <code>./1/model</code>',
  );
});

test("a folder is found as HTML and JSON write it", () => {
  expect(hideFolders("<b>/home/a&amp;b/x</b>", ["/home/a&b"])).toBe("<b>./x</b>");
  expect(hideFolders('{"run":"C:\\\\Users\\\\ann\\\\x"}', ["C:\\Users\\ann"])).toBe('{"run":"./x"}');
});

test("the middle of another path and encoded bytes stay as they are", () => {
  const page = "https://example.org/tmp/x data:image/png;base64,AAAA/tmp/AAAA ../tmp/x x/tmp/y";
  expect(hideFolders(page, ["/tmp"])).toBe(page);
});

test("the base name is the last part of a path", () => {
  expect(["/home/ann/flowers/", "flowers", "C:\\data\\a.csv", ""].map(baseName)).toEqual([
    "flowers",
    "flowers",
    "a.csv",
    "",
  ]);
});

test("hides folders with a single quote and a dollar sign in the words of a command", () => {
  const command = `engraft train '/srv/ann'\\''s $x/list.csv' --out "/mnt/runs/one"`;
  expect(foldersIn(command)).toEqual(["/srv/ann's $x", "/mnt/runs"]);
  expect(hideFolders(command, foldersIn(command))).toBe(`engraft train './list.csv' --out "./one"`);
});
