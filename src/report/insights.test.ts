import { expect, test } from "vitest";
import { exampleInsights, exampleReport } from "../../test/support/report-data.js";
import { classesPage } from "../../test/support/run-kinds.js";
import type { Insights, WordWeight } from "../core/results/insights.js";
import { layersWords } from "./pages/layers.js";
import type { ReportData } from "./report-data.js";

const withInsights = (more: Partial<ReportData> = {}, insights: Partial<Insights> = {}): ReportData => {
  const data = exampleReport();
  return { ...data, insights: { ...exampleInsights(data), ...insights }, ...more };
};
const plain = (page: string): string => page.replaceAll("\u00a0", " ");

test("the page explains predictions: a Grad-CAM and an occlusion for each explained picture", () => {
  const page = classesPage(withInsights());
  expect(page).toContain("<h2>What single predictions depend on</h2>");
  expect(page.match(/<svg class="over"/g)).toHaveLength(12);
  // Occlusion has both signs, Grad-CAM one.
  const [cam, occlusion] = page.match(/<svg class="over".*?<\/svg>/gs)!;
  expect(cam).not.toContain('class="against"');
  expect(occlusion).toContain('class="for"');
  expect(occlusion).toContain('class="against"');
});

test("what could not be looked at is said, with why", () => {
  const page = classesPage(
    withInsights({}, { pictures: [], left_out: [{ what: "grad-cam", why: "it carries tokens, not maps" }] }),
  );
  expect(page).toContain("No Grad-CAM: it carries tokens, not maps.");
});

test("every point of the map is there, a wrong one with a ring, and says which item it is", () => {
  const page = classesPage(withInsights());
  expect(page.match(/<circle data-i=/g)).toHaveLength(300);
  expect(page.match(/class="missed" cx=/g)).toHaveLength(2 * 14);
  expect(plain(page)).toContain("150 test pictures of 300");
  expect(page).toContain("item-20.jpg: crack");
  expect(page).toContain("item-22.jpg: labelled none, predicted pit");
});

test("movement is said in words: the first layers, the last, the most", () => {
  expect(plain(layersWords(withInsights())!)).toBe(
    "The weights of the first layers changed by 0.2 %, those of the last layers by 11 %. The largest change is in stage5/Relu: 11 %. The features differ from those of the base (CKA 0.67).",
  );
  const blocks = exampleInsights(exampleReport()).layers!.blocks;
  const still = { blocks: blocks.map((b) => ({ ...b, moved: 0 })), items: 0 };
  expect(layersWords(withInsights({}, { layers: still }))).toBe(
    "The backbone is unchanged: only the head was trained.",
  );
});

test("words are coloured by what they do, and hostile ones are text", () => {
  const words: readonly WordWeight[] = [
    { text: "<b>good", weight: 2 },
    { text: " " },
    { text: "bad", weight: -1 },
    { text: "so", weight: 0 },
  ];
  const said = { item: "m.csv:3", which: "worst", true: "a", predicted: "b", score: 0.9, words } as const;
  const page = classesPage(withInsights({}, { pictures: [], texts: [said] }));
  expect(page).toContain('<span class="for" style="--share:1.00" title="2.00">&lt;b&gt;good</span> ');
  expect(page).toContain('<span class="against" style="--share:0.50" title="-1.00">bad</span>so');
});

test("the worst texts are shown themselves, and one that is gone by its name", () => {
  const data = exampleReport();
  const { test: scores } = data.result;
  const [first] = scores.worst;
  const page = classesPage({
    ...data,
    result: { ...data.result, task: "text-classification" },
    texts: { [first!.item]: "a pan <that> lasts" },
  });
  expect(page).toContain('<blockquote dir="auto">a pan &lt;that&gt; lasts</blockquote>');
  expect(page.match(/<blockquote/g)).toHaveLength(1);
});

/** Text of a page: what a reader sees. */
const seen = (page: string): string =>
  page
    .replace(/<(script|style)[\s\S]*?<\/\1>/g, " ")
    .replace(/<ul lang="en">[\s\S]*?<\/ul>|<p[^>]* lang="en">[\s\S]*?<\/p>/g, " ")
    .replace(/<bdi[\s\S]*?<\/bdi>|<code[\s\S]*?<\/code>/g, " ")
    .replace(/<[^>]+>/g, "\n");

test("in Chinese no sentence of the page is left in English; names and numbers stay", () => {
  const page = classesPage(withInsights({ lang: "zh" }));
  expect(page).toContain('<html lang="zh-Hans">');
  for (const told of [
    "单个预测的依据",
    "测试样本的分布图",
    "训练改变了什么",
    "迁移有帮助",
    "混淆矩阵",
    "重现这次训练",
  ])
    expect(page).toContain(told);
  expect(plain(page)).toContain("86.5 至 93.2 %");
  expect(page).toContain('<bdi title="scratch">scratch</bdi>');
  // What is the record's own stays as it was recorded; three English words in a row are a sentence.
  const recorded = [
    /51 pictures a class/,
    /train and test as given/,
    /the base is small/,
    /all weights from the first step/,
    /demo: surfaces/,
    /the file ends in the middle/,
  ];
  const english = seen(page)
    .split("\n")
    .filter((line) => /[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}/.test(line))
    .filter((line) => !recorded.some((known) => known.test(line)));
  expect(english).toEqual([]);
});
