// A journey in Chinese on a phone of 390 px: texts from a list, sounds from files, and a table that is trained in the tab.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { tone, wavOf } from "../support/sound-files.js";
import { expectChinese } from "./chinese-page.js";
import { goTo, newestResult } from "./journey-steps.js";
import { cutTexts, expectAccessible, openStudio, setUpStudio, startStudioSite } from "./studio-tab.js";

const its = setUpStudio(() => startStudioSite(), "--js-flags=--liftoff-only");

const list = readFileSync(
  fileURLToPath(new URL("../../assets/demo-texts/messages.csv", import.meta.url)),
  "utf8",
)
  .trim()
  .split("\n");
/** Messages of two classes, 20 of each. The last one has the wrong class. */
const astray = "Where is the parcel that you sent to my address?";
const messages = [
  "text,label",
  ...["delivery", "refund"]
    .flatMap((name) => list.filter((line) => line.includes(`,${name},`)).slice(0, 20))
    .map((line) => line.replace(/,\w+$/, "")),
  `${astray},refund`,
].join("\n");

/** Names that the data of this test have. */
const names = `delivery refund messages low-200 low-220 low-240 low-260 low-280 high-3000 high-3020 high-3030 high-3040 high-3060 high-3080 penguins bill island class Adelie Gentoo Biscoe Dream Torgersen ignore low high wav`;

/** Requires a page in Chinese that is accessible, and cuts no text. */
async function expectPage(page: Page, name: string): Promise<void> {
  await expectChinese(page, name, `${names} ${messages.match(/[\w'-]+/g)!.join(" ")}`);
  expect.soft(await cutTexts(page), name).toEqual([]);
  await expectAccessible(page);
}

const card = (page: Page, name: string) => page.getByRole("group", { name, exact: true });
const best = (page: Page) => page.locator(".try-best");
const toStart = (page: Page): Promise<void> => goTo(page, "Engraft 工作室");

test("texts, sounds and a table in Chinese on a phone: the quick model, a training in the tab, and its numbers", async () => {
  const { page, faults, close } = await openStudio(its.browser, its.site.url, {
    ...{ locale: "zh-CN", viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  });
  await page.getByText("数据不会离开这台电脑。").waitFor();
  await expectPage(page, "start");

  // Texts: the columns are found, the quick model answers, a doubted label is changed, and the page says so.
  await page.getByRole("button", { name: /^文本/ }).click();
  await page
    .getByLabel("打开列表")
    .setInputFiles({ name: "messages.csv", mimeType: "text/csv", buffer: Buffer.from(messages) });
  const dialog = page.getByRole("dialog");
  await dialog.getByText("2 个类别共 41 条文本。").waitFor();
  await dialog.getByRole("button", { name: "添加 41 条文本" }).click();
  await card(page, "refund").getByText("21 条文本", { exact: true }).waitFor();
  await expectPage(page, "texts");
  await goTo(page, "试用");
  await page.getByLabel("输入一段文本").fill("The parcel has not arrived at my address yet.");
  await best(page).getByText("delivery").waitFor();
  await expectPage(page, "texts-try");
  await goTo(page, "结果");
  // 32 of 41 by cross-validation: the interval is wider than 0.3.
  await page.getByText(/^样本太少，给不出数字：41 \/ 大约 \d+ 个。/).waitFor();
  const item = page.getByRole("listitem").filter({ hasText: astray });
  await item.getByRole("button", { name: "改为 delivery" }).click();
  await item.getByText("已移到 delivery。").waitFor();
  await page.getByText("41 个标签中有 1 个是您在看到预测之后修改的。").waitFor();
  await page.getByText(/按原来的标签：样本太少，给不出数字：41 \/ 大约 \d+ 个。/).waitFor();
  await expectPage(page, "texts-result");
  await goTo(page, "使用");
  await page.getByRole("button", { name: "下载模型" }).waitFor();
  await expectPage(page, "texts-use");

  // Sounds from files.
  await toStart(page);
  await page.getByText("文本 · 41 个样本").waitFor();
  await page.getByRole("button", { name: /^声音/ }).click();
  const sound = (name: string, hertz: number) => {
    const buffer = Buffer.from(wavOf([tone(hertz, 16_000, 1)]));
    return { name: `${name}-${hertz}.wav`, mimeType: "audio/wav", buffer };
  };
  for (const [label, name, hertz] of [
    ["类别 1", "low", 200],
    ["类别 2", "high", 3000],
  ] as const) {
    const files = [0, 1, 2, 3, 4].map((k) => sound(name, hertz + 20 * k));
    await card(page, label).getByLabel("添加文件").setInputFiles(files);
    await card(page, label).getByText("5 段录音", { exact: true }).waitFor();
  }
  await expectPage(page, "sounds");
  await goTo(page, "试用");
  await page.getByText("快速模型，10 段录音").waitFor();
  await page.getByLabel("选择声音文件").setInputFiles(sound("high", 3030));
  await page.locator(".try-answers li").first().getByText("类别 2").waitFor();
  await expectPage(page, "sounds-try");

  await toStart(page);
  await expectTable(page);
  await toStart(page);
  await page.getByRole("button", { name: /^其他文件/ }).click();
  await page
    .getByLabel("添加文件", { exact: true })
    .setInputFiles({ name: "messages.csv", mimeType: "text/csv", buffer: Buffer.from(messages) });
  await page.getByRole("heading", { name: "1 个文件" }).waitFor();
  await page.locator(".inspection").getByText("文本分类").waitFor();
  await page.getByText(/41 个样本：\d+ 个用于学习/).waitFor();
  await expectPage(page, "files");
  expect(faults).toEqual([]);
  await close();
});

/** Trains on a table, and requires the numbers of its run. */
async function expectTable(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^表格/ }).click();
  const rows = Array.from({ length: 120 }, (_, i) => {
    const [bill, island] = [30 + (i % 60) / 3, ["Biscoe", "Dream", "Torgersen"][i % 3]];
    return `${bill.toFixed(2)},${island},${bill < 40 ? "Adelie" : "Gentoo"}`;
  });
  const buffer = Buffer.from(`bill,island,class\n${rows.join("\n")}`);
  await page
    .getByLabel("选择文件")
    .first()
    .setInputFiles({ name: "penguins.csv", mimeType: "text/csv", buffer });
  await page.getByText("表格分类").first().waitFor();
  await page.getByLabel("island 的用途").selectOption("ignore");
  await page.getByRole("button", { name: "撤销" }).click();
  await expect.poll(() => page.getByLabel("island 的用途").inputValue()).toBe("");
  await page.getByText("2 条警告").waitFor();
  await expectPage(page, "table");

  await goTo(page, "训练");
  await page.getByText("选项", { exact: true }).click();
  const epochs = page.getByRole("textbox", { name: "轮次", exact: true });
  await epochs.fill("many");
  await page.getByRole("button", { name: "全面" }).click();
  expect(await page.evaluate("document.activeElement.validationMessage")).toMatch(/^请输入/);
  await epochs.fill("20");
  await epochs.press("Enter");
  await page.getByRole("button", { name: "全面" }).click();
  await page.getByText(/^已完成/).waitFor();
  const { test: scores, epochs: trained } = await newestResult(page);
  expect(trained).toBe(20);
  const value = `${(100 * scores.accuracy).toFixed(1)} %`;
  await page.getByText(`已完成：${value} 准确率`).waitFor();
  await page.getByRole("img", { name: /^20 轮的验证损失：从 / }).waitFor();
  await expectPage(page, "table-train");
  await page.getByRole("link", { name: "查看结果" }).click();
  await page.getByText(`基于 ${scores.n} 个未用于训练的测试样本。`).waitFor();
  await page.getByText(value, { exact: true }).first().waitFor();
  await page.getByText("完整报告").click();
  await page.frameLocator("iframe").locator("html[lang=zh-Hans]").waitFor();
  await expectPage(page, "table-result");

  await goTo(page, "试用");
  await page.getByText(/这行数据(已用于训练|属于测试集)/).waitFor();
  const bill = page.getByLabel("bill（数值）");
  for (const [typed, species] of [
    ["31", "Adelie"],
    ["49", "Gentoo"],
  ] as const) {
    await bill.fill(typed);
    await best(page).getByText(species).waitFor();
  }
  await expectPage(page, "table-try");
}
