import { expect, test } from "vitest";
import { standIns } from "../../scripts/build/languages-later.mjs";

const { add, standIn } = await import(`data:text/javascript,${encodeURIComponent(standIns)}`);

test("sentences of a language that is not loaded are empty, nested ones too; loaded ones are real", () => {
  const page = standIn("zh/page.ts", "pageZh");
  const reason = standIn("zh/reasons.ts", "reasonZh");
  const written = () => [`${page.to("1", "2")}`, `${page.verdict.line({})}`, `${page.nothing}`, reason("x")];
  expect(written()).toEqual(["", "", "", ""]);
  add("zh/page.ts", {
    pageZh: { to: (a: string, b: string) => `${a} 至 ${b}`, verdict: { line: () => "更好" }, nothing: "无" },
  });
  add("zh/reasons.ts", { reasonZh: (text: string) => `原因：${text}` });
  expect(written()).toEqual(["1 至 2", "更好", "无", "原因：x"]);
});
