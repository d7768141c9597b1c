// Every page of the studio in Chinese: no English word is left, except names and terms that Chinese has in Latin letters.
// @module-tag thorough
import { zipSync } from "fflate";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { expectChinese } from "./chinese-page.js";
import { openStudio, setUpStudio, startStudioSite } from "./studio-tab.js";

const its = setUpStudio(() => startStudioSite({ fake: true }));

const width = Number(process.env.ENGRAFT_WIDTH ?? 1280);
const openIn = (url: string) =>
  openStudio(its.browser, url, { locale: "zh-CN", viewport: { width, height: width < 500 ? 844 : 900 } });

/** Makes one run of the project stopped by an error, and one damaged. */
const failRuns = `{
  const [first, second] = Object.values(JSON.parse(localStorage.fakeRuns));
  const stopped = { code: "too-little-memory", message: "the memory does not suffice", help: "close other programs" };
  const damaged = { code: "run-damaged", message: "the manifest is damaged", details: { path: "7" } };
  localStorage.fakeRuns = JSON.stringify({
    [first.name]: { ...first, result: undefined, status: "running", error: { details: {}, ...stopped } },
    [second.name]: { ...second, result: undefined, status: "damaged", error: damaged },
  });
}`;

const press = (page: Page, name: string): Promise<void> =>
  page.getByRole("button", { name, exact: true }).first().click();
const show = async (page: Page, name: string): Promise<void> => {
  await page.goto(page.url().replace(/(#\/[^/]+\/)\w+.*/, `$1${name}`));
};

test("pictures, from the start page to the model", async () => {
  const { page, close } = await openIn(its.site.url);
  await page.getByText("您想用什么来教它？").waitFor();
  await expectChinese(page, "start");
  await page
    .getByLabel("打开项目")
    .last()
    .setInputFiles({
      name: "a.zip",
      mimeType: "",
      buffer: Buffer.from(zipSync({ "a.txt": new Uint8Array(1) })),
    });
  await page.getByText("此 zip 文件无法打开").waitFor();
  await expectChinese(page, "start-error");
  await press(page, "受损表面的图片");
  await page.getByText("准确率").first().waitFor({ state: "attached" });
  if (width > 500) {
    await press(page, "快捷键");
    await expectChinese(page, "samples-keys");
    await press(page, "关闭");
  }
  await expectChinese(page, "samples");
  await show(page, "try");
  await expectChinese(page, "try");
  await show(page, "train");
  await page.getByText("选项", { exact: true }).click();
  await page.getByText("更多选项").click();
  const mean = page.getByRole("textbox", { name: "通道均值" });
  await mean.fill("0.5;0.5");
  await press(page, "全面");
  expect(await mean.evaluate("document.activeElement.validationMessage")).toBe(
    "请输入一至三个数字，用逗号分隔。",
  );
  await mean.fill("0.5,0.4,0.3");
  await expectChinese(page, "train-options");
  await press(page, "全面");
  await page.getByText(/^已完成/).waitFor();
  expect(await page.evaluate("Object.values(JSON.parse(localStorage.fakeRuns))[0].options.mean")).toEqual([
    0.5, 0.4, 0.3,
  ]);
  await page.getByText("有样本没有注明所属的组").waitFor();
  await expectChinese(page, "train-done");
  await page.reload();
  await press(page, "迁移有用吗？");
  await page.getByText(/^已完成/).waitFor();
  for (const name of ["result", "use", "runs"]) {
    await show(page, name);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.waitForTimeout(300);
    await expectChinese(page, name);
  }
  await page.evaluate(failRuns);
  await page.reload();
  await page.getByText("内存不足").first().waitFor();
  await page.getByText("运行“7”已损坏").first().waitFor();
  await expectChinese(page, "runs-failed");
  await close();
});

const houses = `town,rooms,kind,price\n${Array.from({ length: 30 }, (_, i) => `1,${i},${i % 2 ? "good" : "bad"},${100 * i + (i % 7)}`).join("\n")}\n`;

test.each([
  ["声音", "sounds"],
  ["文本", "texts"],
  ["表格", "table"],
  ["其他文件", "files"],
])("a new project of %s", async (kind, name) => {
  const { page, close } = await openIn(its.site.url);
  await page.getByRole("button", { name: kind }).first().click();
  await page.waitForURL(/samples/);
  await page.waitForTimeout(300);
  await expectChinese(page, `${name}-new`);
  const file = { name: "houses.csv", mimeType: "", buffer: Buffer.from(houses) };
  if (name === "table" || name === "files") {
    await page
      .getByLabel(name === "table" ? "选择文件" : "添加文件")
      .first()
      .setInputFiles(file);
    await page
      .getByText(name === "table" ? "前几个值" : "任务")
      .first()
      .waitFor();
    await expectChinese(page, `${name}-filled`);
  }
  for (const other of ["try", "train", "result", "use"]) {
    await show(page, other);
    await page.waitForTimeout(100);
    await expectChinese(page, `${name}-${other}`);
  }
  await close();
});
