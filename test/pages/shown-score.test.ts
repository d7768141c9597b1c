// Terminal, report, card and studio show the score of a run by the rule of the library, and nothing else.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { renderAnyResult } from "../../src/cli/render/render-result.js";
import { screenText } from "../../src/cli/render/render-sheet.js";
import type { AnyResultEvent } from "../../src/core/events/events.js";
import { shownScore } from "../../src/index.js";
import { saidOfScore } from "../../src/report/sheet/shown-score.js";
import { writtenInterval, writtenNumber } from "../../src/report/sheet/written.js";
import { resultJson } from "../../src/tasks/report/result-json.js";
import { sheetOf } from "../../src/tasks/sheets.js";
import { toyRun } from "../support/shared-runs.js";

const plain = (text: string): string => text.replace(/<[^>]*>/g, "").replace(/\s+/g, " ");

test.each(["picture-classes", "table-numbers", "text-labels", "entities"] as const)(
  "%s: one score in run.json, terminal, report, card and studio",
  async (name) => {
    const { result, out } = await toyRun(name);
    const run = result as AnyResultEvent;
    const shown = shownScore(run.test, run.baselines);
    expect(run.shown).toEqual(shown);
    const sheet = await sheetOf(run.task);
    const [figure] = sheet.figures(run.test, run);
    const sample = sheet.sample(run);
    const said = saidOfScore({ shown, figure, sample, lang: "en", baselines: run.baselines });
    const parts = Object.values(said).map(plain);
    const { value, ci95 } = shown;
    const number = value === null ? [] : [plain(writtenNumber(figure.as, figure.value))];
    const expected = [...number, ...(ci95 ? [plain(writtenInterval(figure.as, ci95, "en"))] : []), ...parts];
    const terminal = plain((await renderAnyResult(run)).join(" "));
    const report = plain(readFileSync(join(out, "report.html"), "utf8"));
    const card = plain(readFileSync(join(out, "model", "README.md"), "utf8"));
    const { score } = await resultJson(run, "en");
    const page = plain([score.value, score.interval, score.few, score.guessing].join(" "));
    for (const text of expected) {
      expect(terminal).toContain(screenText(text));
      // A sentence begins with a capital.
      expect(report.toLowerCase()).toContain(text.toLowerCase());
      expect(card.toLowerCase()).toContain(text.toLowerCase());
      expect(page.toLowerCase()).toContain(text.toLowerCase());
    }
  },
);
