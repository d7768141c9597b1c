// Each kind of page in Chinese: no English is left on it but names, and what the run itself recorded, which says so.
import { expect, test } from "vitest";
import { exampleComparison } from "../../test/support/comparison-data.js";
import { englishLeft } from "../../test/support/english-left.js";
import { exampleCurve, exampleDiagnosis } from "../../test/support/many-kinds.js";
import { exampleInsights, exampleReport } from "../../test/support/report-data.js";
import {
  classesPage,
  entitiesPage,
  exampleAdaptation,
  exampleEntities,
  exampleLabels,
  exampleNumbers,
  exampleRows,
  exampleTasks,
  labelsPage,
  numbersPage,
  rowsPage,
} from "../../test/support/run-kinds.js";
import type { Message } from "../core/messages/message.js";
import type { DiagnosedGroup } from "../core/results/diagnosis.js";
import { type RunNow, renderUnfinished } from "./pages/unfinished.js";
import type { RunRecord } from "./studies/study-parts.js";
import { type StudyResult, studyPage } from "./studies/study-sheets.js";

const lang = "zh";
const plain = (page: string): string => page.replaceAll("\u00a0", " ");
/** Names that the made-up runs have. */
const run = "measured csv engraft node finetune runs one model";

const pageOf = ({ result, ...record }: RunRecord & { readonly result: StudyResult }): string =>
  studyPage(result, lang, record);

test("a page says its language, and a page in English does not mark what is English", () => {
  const page = numbersPage({ ...exampleNumbers(), lang });
  expect(page).toContain('<html lang="zh-Hans">');
  expect(page).toContain("默认；70 个训练样本足以训练全部权重（40 个起）");
  expect(numbersPage(exampleNumbers())).not.toMatch(/<[a-z]+[^>]* lang="(?!en">\n<head>)/);
});

test("texts of a record of an older version stay English, and so do codes of a newer one", () => {
  const data = exampleNumbers();
  const reasons = ["the default, or asked for", "there are few items of each class"];
  const newer = [{ code: "a-newer-code", values: {} }] as unknown as readonly Message[];
  for (const messages of [undefined, newer]) {
    const strategy = { name: "finetune", reasons, ...(messages && { reason_messages: messages }) };
    const page = numbersPage({ ...data, result: { ...data.result, strategy }, lang });
    expect(page).toContain(`<span lang="en">${reasons.join("; ")}</span>`);
  }
});

test("a page of a record of this version marks only a warning without a code as English", () => {
  for (const page of [
    numbersPage({ ...exampleNumbers(), lang }),
    rowsPage({ ...exampleRows(), lang }),
    entitiesPage({ ...exampleEntities(), lang }),
    labelsPage({ ...exampleLabels(), lang }),
    pageOf(exampleTasks()),
    pageOf(exampleAdaptation()),
    studyPage(exampleDiagnosis(2), lang),
  ])
    expect(page.replace(/<li><span lang="en">there are few items[^<]*/g, "")).not.toContain(
      '<span lang="en">',
    );
});

test("classes of pictures", () => {
  const data = exampleReport();
  const page = classesPage({ ...data, insights: exampleInsights(data), lang });
  const ofTheRun = "demo surfaces with defects stage5 Relu linux x64 cores onnxruntime-node sharp";
  const methods =
    "Grad-CAM Selvaraju PCA UMAP CKA BatchNormalization Kornblith LAC APS train export calibrate temperature";
  expect(englishLeft(page, `${run} ${ofTheRun} ${methods}`)).toEqual([]);
});

test("numbers of a table", () => {
  const page = plain(numbersPage({ ...exampleNumbers(), lang }));
  expect(englishLeft(page, `${run} depth split conformal json`)).toEqual([]);
  for (const told of ["表格回归", "0.700 至 0.850", "岭回归", "预测区间", "从另一个模型继承的权重"])
    expect(page).toContain(told);
  expect(page).toContain(
    "尚无定论：R² 比从头训练高 0.030，但从落后 0.070 到领先 0.130 都与数据相符（95 % 置信区间；各训练 1 次，300 个测试样本）。",
  );
  expect(page).toContain("这些测试数据此前已被评分 2 次");
});

test("classes of rows", () => {
  const page = plain(rowsPage({ ...exampleRows(), lang }));
  expect(englishLeft(page, `${run} depth`)).toEqual([]);
  for (const told of ["测试数据太少", "混淆矩阵", "逻辑回归", "15 行测试数据"]) expect(page).toContain(told);
  expect(page).toContain("迁移有帮助：准确率比从头训练高 20.0 个百分点（95 % 置信区间 +10.0 至 +30.0）。");
  expect(page).toContain(
    "迁移有帮助。迁移：准确率 80.0 %；从头训练：准确率 60.0 %，准确率提高 20.0 个百分点（95 % 置信区间 +10.0 至 +30.0；各训练 3 次，300 个测试样本）。",
  );
});

test("entities", () => {
  const page = plain(entitiesPage({ ...exampleEntities(), lang }));
  expect(englishLeft(page, `${run} MOOD THING test txt line`)).toEqual([]);
  for (const told of [
    "命名实体识别",
    "查词表",
    "各类型的得分",
    "15 个测试句子中有 30 个实体",
    "迁移造成了损害",
  ])
    expect(page).toContain(told);
  expect(page).toContain("迁移造成了损害。迁移：F1 40.0 %；从头训练：F1 60.0 %，F1 降低 20.0 个百分点");
});

test("entities and labels of several seeds", () => {
  const by_seed = {
    runs: [
      { seed: 0, f1: 0.8, scratch: 0.6 },
      { seed: 1, f1: 0.7, scratch: 0.65 },
    ],
    f1: { mean: 0.75, sd: 0.07, plus_minus: 0.25, ci95: [0.5, 1] as const },
    scratch: { mean: 0.625, sd: null, plus_minus: null, ci95: null },
    seconds: 6,
  };
  const [entities, labels] = [exampleEntities(), exampleLabels()];
  for (const page of [
    entitiesPage({ ...entities, result: { ...entities.result, by_seed }, lang }),
    labelsPage({ ...labels, result: { ...labels.result, by_seed }, lang }),
  ]) {
    expect(englishLeft(plain(page), `${run} MOOD THING test txt line book film mAP`)).toEqual([]);
    expect(page).toContain(
      "种子 0：80.0\u00a0%（从头训练 60.0\u00a0%） · 种子 1：70.0\u00a0%（从头训练 65.0\u00a0%）",
    );
    expect(page).toContain("平均 75.0\u00a0%（95 % 区间 50.0 至 100.0\u00a0%）；从头训练 62.5\u00a0%");
    expect(page).toContain("以上分数属于 2 个随机种子中的第一个");
  }
});

test("several labels", () => {
  const page = plain(labelsPage({ ...exampleLabels(), lang }));
  expect(englishLeft(page, `${run} book film mAP`)).toEqual([]);
  for (const told of ["多标签分类", "微平均 F1", "错得最厉害的样本", "每个标签取验证集上 F1 最高的阈值"])
    expect(page).toContain(told);
  expect(page).toContain("F1 的差别不超过 1.0 个百分点");
});

test("several tasks on one backbone", () => {
  const page = plain(pageOf(exampleTasks()));
  expect(englishLeft(page, `${run} bee kind`)).toEqual([]);
  for (const told of ["同一主干网络上的 1 个任务", "加权方式：按不确定性", "混淆矩阵"])
    expect(page).toContain(told);
  expect(page).toContain(
    "类别“bee”的测试样本只有 7 个，对它能说明的很少。尚无定论：准确率比单独训练高 3.0 个百分点",
  );
  expect(page).toContain(
    "大约在同样的测试样本上各训练 7 次，或者1,200 个测试样本、各训练 1 次，五次中有四次能发现 2.0 个百分点的差别。",
  );
});

test("an adaptation, with labels of the target and without", () => {
  const names = `${run} dann source-only oracle MMD`;
  const page = plain(pageOf(exampleAdaptation()));
  expect(englishLeft(page, names)).toEqual([]);
  for (const told of ["领域自适应", "目标领域准确率", "选定：第 1 轮", "互信息", "&lt; 0.01"])
    expect(page).toContain(told);
  const unlabelled = pageOf(exampleAdaptation(false));
  expect(englishLeft(unlabelled, names)).toEqual([]);
  expect(unlabelled).toContain("目标领域没有标签。");
});

test("strategies compared: who won and by how much is said from the numbers", () => {
  const names = "vision-mini flowers finetune lora runs comparison NumericError";
  const page = plain(studyPage(exampleComparison(["probe", "lora", "finetune"], [0, 1, 2]), lang));
  expect(englishLeft(page, names)).toEqual([]);
  for (const told of [
    "<bdi>finetune</bdi> 在验证集上胜出",
    "优胜者由每个种子的 40 个验证样本选出",
    "与 <bdi>probe</bdi> 相比",
    "每次训练",
  ])
    expect(page).toContain(told);
  expect(page).toMatch(
    /finetune 的验证准确率最高（3 个随机种子平均）。它的测试准确率为 \d+\.\d %。finetune /,
  );
  expect(page).toContain("其余 2 种与 finetune 相比：2 种差于它。");
  // Sentences that the example does not bring about: another look, own test parts, a lead that was not shown, no interval.
  const example = exampleComparison(["probe", "lora", "finetune"], [0, 1, 2]);
  const one = example.winner!.difference!;
  const shown = (
    difference: typeof one,
    more: Partial<typeof example> = {},
    winner: Partial<NonNullable<typeof example.winner>> = {},
  ): string =>
    plain(studyPage({ ...example, ...more, winner: { ...example.winner!, difference, ...winner } }, lang));
  const undecided = { ...one, ci95: [-0.02, 0.08] as const, sentence: "undecided" as const };
  const later = shown(
    { ...undecided, level: 0.995, interval: [-0.05, 0.11] },
    { look: 2, notes: ["", ""], note_codes: ["own tests", "later look"] },
    {
      quicker: { label: "lora", cost: 0.11 },
      sentences: ["best by validation", "to the next", "quicker could cost"],
    },
  );
  expect(englishLeft(later, `${names} Nadeau Bengio`)).toEqual([]);
  for (const told of [
    "第 2 次查看这个比较：差别的区间取 99.5 %",
    "同样的 260 个样本中有自己的测试集",
    "选用其中较快的 lora，准确率最多可能损失 11.0 个百分点",
    "（99.5 % 区间；各训练 3 次，120 个测试样本）",
  ])
    expect(later).toContain(told);
  const alike = shown({ ...undecided, gain: 0, ci95: null, p: 1, sentence: "identical" });
  expect(alike).toContain("在每个测试样本上的得分都相同");
  expect(alike).not.toMatch(/NaN|null|undefined/);
  const single = plain(studyPage(exampleComparison(["probe", "lora"], [0]), lang));
  expect(englishLeft(single, names)).toEqual([]);
  expect(single).toContain("再训练一次结果可能不同；3 个随机种子才能说明哪种策略更好");
});

test("a learning curve: what it takes is said from the numbers, and so is why nobody knows", () => {
  const page = plain(studyPage(exampleCurve([20, 40, 80, 160, 320]), lang));
  expect(englishLeft(page, "flowers finetune")).toEqual([]);
  expect(page).toMatch(/达到 95 % 的准确率：迁移约需 [\d,]+ 张图片（从 [\d,]+ 到 [\d,]+( 以上)?/);
  expect(page).toContain("用 320 张图片训练，迁移用时 3.2 s，从头训练用时 32 s。");
  expect(page).toContain("误差 = ");
  const byF1 = plain(studyPage({ ...exampleCurve([20, 40, 80, 160, 320]), metric: "f1" }, lang));
  expect(englishLeft(byF1, "flowers finetune")).toEqual([]);
  for (const told of ["达到 F1 0.95：迁移约需", "微平均 F1 与训练图片数", "2 个标签"])
    expect(byF1).toContain(told);
  const few = plain(studyPage(exampleCurve([20, 40], [0]), lang));
  expect(englishLeft(few, "flowers finetune")).toEqual([]);
  for (const told of ["只有 2 种规模，不拟合规律", "没有规律：需要四种规模", "只有一个随机种子"])
    expect(few).toContain(told);
});

test("a diagnosis: which groups help or hurt, and which classes of the source", () => {
  const result = exampleDiagnosis(2);
  const page = plain(studyPage(result, lang));
  expect(result.groups.flatMap((g) => [g.from_output.finding, g.from_input.finding])).toContain("hurts");
  expect(englishLeft(page, "flowers moss")).toEqual([]);
  for (const told of [
    "有帮助的层：第 1 组",
    "造成损害的层：第 2 组",
    "最后 1 组（共 2 组）重新初始化",
    "与你的数据相距很远：moss",
  ])
    expect(page).toContain(told);
  // A group that hurts only where a worse one is kept too is not blamed.
  const [first, second] = result.groups as [DiagnosedGroup, DiagnosedGroup];
  const hurt = { ...first.from_output, finding: "hurts", gain: -0.1 } as const;
  const open = { ...first.from_input, finding: "undecided" } as const;
  const fitted = {
    ...{ ...first, from_output: { ...hurt, beside: 2 }, from_input: open },
    sentence: "hurts beside" as const,
  };
  const beside = plain(studyPage({ ...result, groups: [fitted, second] }, lang));
  expect(englishLeft(beside, "flowers moss")).toEqual([]);
  expect(beside).toContain("只在与损害更大的第 2 组一起保留时造成损害");
  expect(beside).not.toContain("造成损害的层：第 1");
  const single = plain(studyPage(exampleDiagnosis(3, [0]), lang));
  expect(englishLeft(single, "flowers moss")).toEqual([]);
  expect(single).toContain("因此不作结论；至少需要 3 个");
});

/** A run that was stopped while it trained. */
const stopped = (): RunNow => ({
  ...{ title: "flowers", status: "stopped", run: "/runs/one", resume: "engraft train --resume /runs/one" },
  ...{ broken: 2, command: "engraft train flowers", started: "2026-01-31" },
  events: [
    ...exampleNumbers().events,
    { event: "forecast", seconds: 12, peak_rss_mb: 200, words: "about 12 seconds and some memory" },
    {
      ...{ event: "progress", phase: "training", stage: "finetune", done: 3, total: 8, unit: "steps" },
      ...{ seconds_left: 5, per_second: 20, items: "pictures", loss: 0.5, rate: 0.001, rss_mb: 180 },
    },
  ],
});

test("a run that is not done", () => {
  const page = plain(renderUnfinished(stopped(), undefined, lang));
  expect(englishLeft(page, "flowers engraft train resume runs one finetune events jsonl")).toEqual([]);
  expect(page).toContain("训练（finetune）：共 8 步，已完成 3，还需 5.0 s");
  expect(page).toContain("<dd>每秒 20 张图片</dd>");
  expect(page).toContain("<dd>约 12 s，内存峰值约 200 MB</dd>");
  expect(page).toContain('<li lang="en">there are few items of each class here</li><li>events.jsonl 有 2 行');
});
