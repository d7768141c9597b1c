/**
 * Engraft: any pretrained ONNX model becomes fine-tunable, and the program says whether the transfer helped.
 * @module
 */

import "./platform/node-version.js";

export {
  type BaseInfo,
  type CacheInfo,
  cacheInfo,
  clearCache,
  type Inspection,
  inspectModel,
  listBases,
  type PulledBase,
  pullBase,
  showBase,
} from "./bases/index.js";
export type {
  ComparedEntry,
  ComparedRow,
  ComparedRun,
  ComparisonResult,
  Difference,
  FailedRun,
} from "./core/comparison.js";
export type { CurveLaw, CurveResult, CurveSize, ItemsNeeded, TimesAsMany } from "./core/curve.js";
export type {
  DiagnosedGroup,
  DiagnosedVariant,
  DiagnosisResult,
  FreshLayers,
  SourceClass,
  SourceDiagnosis,
  WorthOfLayers,
} from "./core/diagnosis.js";
export { EngraftError, type ErrorKind } from "./core/errors.js";
export type {
  AdaptResultEvent,
  AnyResultEvent,
  ClassificationScores,
  EngraftEvent,
  EntitiesResultEvent,
  EntityScores,
  Interval,
  LabelScores,
  LabelsResultEvent,
  LanguageScores,
  OnEvent,
  PretrainResultEvent,
  RegressionResultEvent,
  TableResultEvent,
  TaskResult,
  TasksResultEvent,
  TrainResultEvent,
  TrustResult,
  Verdict,
} from "./core/events.js";
export type { Explanation } from "./core/explanation.js";
export type { ColumnWeight, ExplainMethod, HeatMap, WordWeight } from "./core/insights.js";
export type { ResultOf } from "./core/result-of.js";
export type { RunsReport, SideDifference, SideRun } from "./core/side-by-side.js";
export type { RegressionScores, Task, TaskName, TaskOfName } from "./core/task.js";
export type { Dataset, ImageItem } from "./data/index.js";
export { adapt, resumeAdapt } from "./front/adapt/adapt.js";
export type { AdaptOptions } from "./front/adapt/options.js";
export type { Answer } from "./front/answer.js";
export type { Assessment, AssessOptions } from "./front/assess.js";
export {
  type CompareOptions,
  compare,
  type ResumeComparisonOptions,
  resumeComparison,
} from "./front/compare.js";
export { type CurveOptions, learningCurve, resumeCurve } from "./front/curve/curve.js";
export { type DiagnoseOptions, diagnose, resumeDiagnosis } from "./front/diagnose/diagnose.js";
export type { EntityModel, FoundEntity } from "./front/entities/entity-model.js";
export { evaluate } from "./front/evaluate.js";
export type {
  EntityEvaluation,
  EvaluateOptions,
  Evaluation,
  LabelEvaluation,
  NumberEvaluation,
  PictureEvaluation,
} from "./front/evaluation.js";
export { explain } from "./front/explain/explain.js";
export type { ExplainOptions } from "./front/explain/explanation.js";
export { type Exported, type ExportOptions, exportModel } from "./front/export-model.js";
export { type FollowOptions, followRun } from "./front/follow.js";
export type { LabelAnswer, LabelModel } from "./front/labels/label-model.js";
export { type LoadedModel, load } from "./front/load.js";
export {
  loadEntityModel,
  loadLabelModel,
  loadModel,
  loadRegressor,
  loadTableModel,
  loadTextModel,
  type TableModel,
} from "./front/load-by-task.js";
export type { Model, TasksModel } from "./front/model.js";
export type { DistillOptions, TaskOptions, TrainOptions } from "./front/options.js";
export { plan } from "./front/plan/plan.js";
export type { CandidateBase, PlanOptions, PlanResult, Trial } from "./front/plan/result.js";
export type { PretrainOptions } from "./front/pretrain/options.js";
export { pretrain, resumePretrain } from "./front/pretrain/pretrain.js";
export { type Pushed, type PushOptions, push } from "./front/push/push.js";
export { type RankedBase, type RankOptions, type RankResult, rank } from "./front/rank.js";
export type { RankedDistance, SourceDistances, SourceOption } from "./front/rank-source.js";
export { type ResumeOptions, type ResumeResult, resume } from "./front/resume.js";
export { type RunReport, report } from "./front/run-report.js";
export { openData } from "./front/setup.js";
export { type ReportRunsOptions, reportRuns } from "./front/side-by-side/report-runs.js";
export type {
  Estimate,
  Regressor,
  TableClassifier,
  TableRegressor,
  TableRow,
} from "./front/tasks/predict-task.js";
export type { LoadOptions } from "./front/tasks/task-table.js";
export type { TasksInput, TasksOptions } from "./front/tasks/tasks-options.js";
export type { TextModel } from "./front/tasks/text-model.js";
export { resumeTasks, trainTasks } from "./front/tasks/train-tasks.js";
export type { TextOrPair } from "./front/texts/asked-texts.js";
export { distill, train } from "./front/train.js";
export { type AdaptationName, adaptations } from "./methods/adapt/registry.js";
export { type DistillMethod, distillMethods } from "./methods/distillation/settings.js";
export { type StrategyName, strategies } from "./methods/registry.js";
export { type Weighting, weightings } from "./train/multi-task.js";
