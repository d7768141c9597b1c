// The reports that are made from more than one training, by what was done.

import type { AdaptResultEvent } from "../../core/events/adapt-events.js";
import type { SourceFreeResultEvent, TasksResultEvent } from "../../core/events/events.js";
import type { ComparisonResult } from "../../core/results/comparison.js";
import type { CurveResult } from "../../core/results/curve.js";
import type { DiagnosisResult } from "../../core/results/diagnosis.js";
import type { RunsReport } from "../../core/results/side-by-side.js";
import { reportPage } from "../sheet/report-page.js";
import type { ReportSheet } from "../sheet/report-sheet.js";
import type { Lang } from "../words/langs.js";
import { adaptationSheet } from "./adaptation-sheet.js";
import { comparisonSheet } from "./comparison-sheet.js";
import { curveSheet } from "./curve-sheet.js";
import { diagnosisSheet } from "./diagnosis-sheet.js";
import { severalHeadsSheet } from "./several-heads-sheet.js";
import { sideBySideSheet } from "./side-by-side-sheet.js";
import { sourceFreeSheet } from "./source-free-sheet.js";
import type { RunRecord } from "./study-parts.js";

export type StudyResult =
  | AdaptResultEvent
  | ComparisonResult
  | CurveResult
  | DiagnosisResult
  | RunsReport
  | SourceFreeResultEvent
  | TasksResultEvent;
type ResultOf<Task> = Extract<StudyResult, { readonly task: Task }>;

const sheets: {
  readonly [Task in StudyResult["task"]]: (result: ResultOf<Task>, record?: RunRecord) => ReportSheet;
} = {
  comparison: comparisonSheet,
  diagnosis: diagnosisSheet,
  "domain-adaptation": adaptationSheet,
  "learning-curve": curveSheet,
  "multi-task-audio-classification": severalHeadsSheet,
  "multi-task-image-classification": severalHeadsSheet,
  "multi-task-text-classification": severalHeadsSheet,
  report: (result) => sideBySideSheet(result),
  "source-free-adaptation": sourceFreeSheet,
};

export const isStudy = <Result extends { readonly task?: string }>(
  result: Result,
): result is Extract<Result, StudyResult> => Object.hasOwn(sheets, result.task ?? "");

/** @param record of a run that is a study itself. Default: the sections that need it are left out */
export const studySheet = (result: StudyResult, record?: RunRecord): ReportSheet =>
  (sheets[result.task] as (result: StudyResult, record?: RunRecord) => ReportSheet)(result, record);

/** Returns the report of a study as one HTML document, which loads and runs nothing. @param lang of the page's own sentences */
export const studyPage = (result: StudyResult, lang: Lang = "en", record?: RunRecord): string =>
  reportPage(studySheet(result, record), lang);
