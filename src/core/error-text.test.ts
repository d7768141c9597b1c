import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { openData } from "../index.js";
import { fileError } from "../platform/file-errors.js";
import { decodeError, encodeError } from "../runtime/protocol.js";
import { inspectData } from "../tasks/inspect-data.js";
import { openStream } from "../web/open-stream.js";
import { errorText } from "./error-text.js";
import { EngraftError } from "./errors.js";
import { errorsZh } from "./messages/errors-zh.js";

const root = mkdtempSync(join(tmpdir(), "engraft-error-text-"));
afterAll(() => {
  vi.unstubAllGlobals();
  rmSync(root, { recursive: true, force: true });
});

const thrownBy = (work: Promise<unknown>): Promise<EngraftError> =>
  work.then(
    () => Promise.reject(new Error("nothing was thrown")),
    (error: EngraftError) => error,
  );
const written = (name: string, text: string): string => {
  writeFileSync(join(root, name), text);
  return join(root, name);
};

test("an error in English is its message with the remedy", async () => {
  const error = new EngraftError("DataError", "there is no camera", { help: "connect one" });
  expect(await errorText(error)).toBe("there is no camera\nconnect one");
  expect(await errorText(error, "zh")).toBe("there is no camera\nconnect one");
  expect(await errorText("plain", "zh")).toBe("plain");
  expect(await errorText(new Error("of the system"), "zh")).toBe("of the system");
});

test("every code has a Chinese sentence with what to do", () => {
  const details = {
    ...{ device: "camera", path: "/p", class: "蚂蚁", groups: 2, samples: 3, option: "safe" },
    ...{ list: "a.csv", file: "a.csv", columns: ["x", "y"], named: "z" },
    ...{ model: "text-classification", data: "image-classification", address: "https://a.example" },
    ...{
      source: "text",
      input: "table",
      target: "labels",
      targets: ["classes", "numbers"],
      inputs: ["image"],
    },
    ...{ folds: 5, files: 65_534, most: 2e9, name: "a.png" },
  };
  for (const [code, write] of Object.entries(errorsZh)) {
    const text = (write as (values: unknown) => string)(details);
    expect(text, code).toMatch(/[一-鿿].*。$/);
    expect(text, code).not.toMatch(/undefined|\[object/);
  }
});

test.each([
  ["NotAllowedError", "device-refused", "使用麦克风的许可被拒绝。"],
  ["NotFoundError", "device-missing", "没有麦克风。"],
  ["NotReadableError", "device-busy", "麦克风正被另一个程序使用。"],
  ["AbortError", "device-failed", "麦克风无法打开。"],
])("a microphone that fails with %s", async (name, code, zh) => {
  const getUserMedia = () => Promise.reject(Object.assign(new Error("no"), { name }));
  vi.stubGlobal("navigator", { mediaDevices: { getUserMedia } });
  const error = await thrownBy(openStream("microphone", {}));
  expect(error.code).toBe(code);
  expect(await errorText(error, "zh")).toContain(zh);
});

test("a page without https, and a full disk", async () => {
  vi.stubGlobal("navigator", {});
  const insecure = await thrownBy(openStream("camera", {}));
  expect(await errorText(insecure, "zh")).toBe("此页面不能使用摄像头。请通过 https 或 localhost 打开页面。");
  const full = fileError("write", "/runs/a", Object.assign(new Error("full"), { code: "ENOSPC" }));
  expect(await errorText(full, "zh")).toBe(
    "无法写入“/runs/a”：存储空间已满。请腾出空间，或选择另一个磁盘上的文件夹。",
  );
});

test("data that cannot be used", async () => {
  const noLabels = written("no-labels.csv", "text\na fine day\nan awful day\n");
  const noLabel = await thrownBy(inspectData(noLabels, { task: "text-classification" }));
  expect(await errorText(noLabel, "zh")).toBe(
    "“no-labels.csv”没有常用名称的目标列。可选的列：text。第一行应是列名；请选择目标列，或把它叫作 label。",
  );
  const wrong = await thrownBy(inspectData(noLabels, { task: "text-classification", target: "mood" }));
  expect(wrong).toMatchObject({ code: "no-such-column", details: { named: "mood" } });
  const rows = Array.from({ length: 12 }, (_, i) => `a day of number ${i} at sea,good\n`).join("");
  const oneClass = await thrownBy(
    inspectData(written("one.csv", `text,label\n${rows}`), { task: "text-classification" }),
  );
  expect(await errorText(oneClass, "zh")).toBe("只有一个类别：“good”。分类至少需要两个类别。");
  const table = written("narrow.csv", "price\n1.5\n2.5\n3.5\n");
  const narrow = await thrownBy(inspectData(table, { task: "tabular-regression", target: "price" }));
  expect(await errorText(narrow, "zh")).toContain("列表“narrow.csv”无法使用。请检查分隔符");
  mkdirSync(join(root, "phone", "cat"), { recursive: true });
  writeFileSync(join(root, "phone", "cat", "1.heic"), "x");
  const heic = await thrownBy(openData(join(root, "phone")));
  expect(await errorText(heic, "zh")).toContain(
    "中的图片格式都无法读取（如 HEIC）。请把它们转换为 JPEG 或 PNG。",
  );
});

test("a code crosses to another thread and back, and into the record of a run", async () => {
  const error = new EngraftError("DataError", "only one class", {
    code: "one-class",
    details: { class: "ant" },
  });
  const sent = JSON.parse(JSON.stringify(encodeError(error)));
  expect(sent).toEqual({
    ...{ kind: "DataError", message: "only one class", code: "one-class", details: { class: "ant" } },
  });
  const zh = "只有一个类别：“ant”。分类至少需要两个类别。";
  expect(await errorText(decodeError(sent), "zh")).toBe(zh);
  expect(await errorText({ event: "error", ...sent }, "zh")).toBe(zh);
});
