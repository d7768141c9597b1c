import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { commandLine, extensionLine, quotedWord, shellWord } from "./command-line.js";

/** Returns the words of a command as a POSIX shell reads them. */
const wordsOf = (command: string): string[] =>
  execFileSync("/bin/sh", ["-c", `printf '%s\\0' ${command}`], { encoding: "utf8" })
    .split("\0")
    .slice(0, -1);

const values = [
  ...["plain.onnx", "hf:org/name@main#onnx/model.onnx", "my base", "$HOME/`id`", "it's $5", 'a "b" c'],
  ...[
    "a\\b c",
    "a\\\\b c",
    "ends\\ in\\",
    "a!b c",
    "a;b|c&d>e",
    "*?[a]",
    "~/x",
    "a\nb",
    "",
    "(a)",
    "{a,b}",
    "é 图",
  ],
];

test.each(values)("a shell reads %j from a recorded command", (value) => {
  const options = { base: value, template: value, option: { r: value }, wholeWords: true, lr: 0.1 };
  expect(wordsOf(commandLine(value, options, value, { command: "pretrain", target: value }))).toEqual([
    ...["engraft", "pretrain", value, value, "--base", value, "--template", value],
    ...["--option", `r=${value}`, "--whole-words", "--lr", "0.1", "--out", value],
  ]);
  expect(wordsOf(extensionLine(value, { epochs: 2 }, {}))).toContain(value);
  expect(wordsOf(`${shellWord(value)} ${quotedWord(value)}`)).toEqual([value, value]);
});

test("paths of Windows have no quotes, or double ones", () => {
  expect(shellWord("C:\\models\\a.onnx")).toBe("C:\\models\\a.onnx");
  expect(shellWord("C:\\my models\\a.onnx")).toBe('"C:\\my models\\a.onnx"');
});
