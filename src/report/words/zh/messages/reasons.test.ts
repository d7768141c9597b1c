// Each reason that the readers of data give for a skipped sample has a Chinese sentence.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { englishLeft } from "../../../../../test/support/english-left.js";
import { unreadWarnings } from "../../../../data/unread-formats.js";
import { wasmWarning } from "../../../../runtime/ort-node-package.js";
import { reasonZh } from "../reasons.js";

const data = join(import.meta.dirname, "../../../../data");

/** A text of the source with examples in the place of its values. */
const filled = (text: string): string =>
  text
    .replace(/\$\{(?:JSON\.stringify|quoted)\([^}]*\}/g, '"x"')
    .replace(/\$\{count\([^}]*"(\w+)"\)\}/g, "7 $1s")
    .replace(/\$\{[^}]*: ""\}/g, "")
    .replace(/\$\{[^}]*\}/g, "7")
    .replaceAll('\\"', '"');

/** Reasons in the source: of skipped samples, and sentences that begin as one and are returned or thrown. */
const reasons = readdirSync(data, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !file.includes(".test."))
  .flatMap((file) => {
    const source = readFileSync(join(data, file), "utf8");
    const named = source.matchAll(/(?:reason: |skip: |Reason = |noLabel = )(?:"([^"]+)"|`([^`]+)`)/g);
    const returned = source.matchAll(
      /(?:return |pictureError\(|soundError\()(?:"(its? [^"]+)"|`(its? [^`]+)`)/g,
    );
    return [...named, ...returned].map(([, plain, made]) => [file, filled(plain ?? made!)] as const);
  })
  // Texts in texts, reasons that are passed on, and one part of an error.
  .filter(([file, text]) => !/\$\{|^7+$|^it is 7$|^7 is no class$/.test(text) && !file.startsWith("lists"));

/** Fields and formats that Chinese texts name in Latin letters, and the example of a name. */
const names =
  "x id file_name bbox bndbox categories counts imageData base64 image_id category_id height width JSON WAV HEIC JPEG macOS sips format jpeg ffmpeg";

test.each(reasons)("%s: %s", (_file, reason) => {
  const chinese = reasonZh(reason);
  expect(chinese).toBeDefined();
  expect(englishLeft(chinese!, names)).toEqual([]);
});

test("values stay, and an unknown reason has no Chinese", () => {
  expect(reasonZh('names "a.jpg" again')).toBe("再次列出“a.jpg”");
  expect(reasonZh('cannot read the picture "a.jpg": the file is empty')).toBe(
    "无法读取图片“a.jpg”：文件是空的",
  );
  expect(reasonZh('an exact copy of "a.jpg", which is in the train part')).toBe(
    "与训练集中的“a.jpg”完全相同",
  );
  expect(reasonZh("nobody says this")).toBeUndefined();
});

test("warnings without a code have Chinese sentences", () => {
  const missing = wasmWarning({
    name: "onnxruntime-web",
    version: "1",
    problem: "onnxruntime-node is not installed",
  });
  const tags =
    "2 tags in 1 sentence not valid in BIO (I-PER in a.txt, line 4): repaired as conlleval does, so a tag that continues no entity begins one";
  for (const text of [
    missing,
    tags,
    "shapes without an area left out: 3 point",
    "the GPU was lost; the rest is computed on the CPU",
  ])
    expect(reasonZh(text)).toBeDefined();
  expect(reasonZh(tags)).toBe(
    "1 个句子中有 2 个标签不符合 BIO（I-PER in a.txt 第 4 行）：按 conlleval 的方式修复，不延续任何实体的标签视为新实体的开始",
  );
  const [heic] = unreadWarnings(["a.heic", "b.heic", "c.heic", "d.heic"]);
  expect(reasonZh(heic!.message)).toMatch(
    /^略去 4 张 HEIC 图片，因为无法读取 HEIC：.*，另有 1 个；请转换为 JPEG：macOS/,
  );
  expect(reasonZh(missing)).toMatch(/^没有安装 onnxruntime-node。/);
});
