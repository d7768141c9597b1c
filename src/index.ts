/**
 * Engraft: any pretrained ONNX model becomes fine-tunable, and the program says whether the transfer helped.
 * @module
 */

import "./platform/node-version.js";

export { type DeviceInfo, listDevices } from "./api/devices.js";
export { evaluate } from "./api/evaluate.js";
export { explain } from "./api/explain.js";
export { type LoadedModel, load } from "./api/load.js";
export {
  loadEntityModel,
  loadLabelModel,
  loadModel,
  loadRegressor,
  loadTableModel,
  loadTextModel,
  type TableModel,
} from "./api/load-by-task.js";
export { openSession } from "./api/open-session.js";
export { openTextGenerator } from "./api/open-text-generator.js";
export { prepareSeeds } from "./api/prepare-seeds.js";
export { report } from "./api/report.js";
export { type ResumeOptions, type ResumeResult, resume } from "./api/resume.js";
export {
  listRuns,
  type NumberedEvent,
  type RunInfo,
  removeRun,
  stopRun,
  type WatchOptions,
  watchRun,
} from "./api/runs/manage-runs.js";
export { type StartedRun, type StartOptions, startResume, startRun } from "./api/runs/start-run-node.js";
export { compareWrittenTexts, scoreWrittenTexts } from "./api/score-written-texts.js";
export { distill, train } from "./api/train.js";
export { type WriteLayoutOptions, type WrittenSample, writeLayout } from "./api/write-layout.js";
export type { NamedDetection } from "./bases/detection/read-detections.js";
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
export { errorText } from "./core/error-text.js";
export { EngraftError, type ErrorCode, type ErrorKind } from "./core/errors.js";
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
  SourceFreeResultEvent,
  TableResultEvent,
  TaskResult,
  TasksResultEvent,
  TrainResultEvent,
  TrustResult,
  Verdict,
} from "./core/events/events.js";
export type {
  ExtendedFacts,
  ExtendedSource,
  HolderFacts,
  OldTest,
  OldTestScore,
} from "./core/events/run-outcome.js";
export type { FederatedResult, FederatedRow } from "./core/federated-result.js";
export type {
  ComparedEntry,
  ComparedRow,
  ComparedRun,
  ComparisonResult,
  Difference,
  FailedRun,
} from "./core/results/comparison.js";
export type { CurveLaw, CurveResult, CurveSize, ItemsNeeded, TimesAsMany } from "./core/results/curve.js";
export type { DetectionResultEvent, DetectionTest } from "./core/results/dense/detection.js";
export type { SegmentationResultEvent, SegmentationTest } from "./core/results/dense/segmentation.js";
export type {
  DiagnosedGroup,
  DiagnosedVariant,
  DiagnosisResult,
  FreshLayers,
  SourceClass,
  SourceDiagnosis,
  WorthOfLayers,
} from "./core/results/diagnosis.js";
export type { DryRunResult } from "./core/results/dry-run.js";
export type { Explanation } from "./core/results/explanation.js";
export type { ColumnWeight, ExplainMethod, HeatMap, WordWeight } from "./core/results/insights.js";
export type { ResultOf } from "./core/results/result-of.js";
export type { GenerationResultEvent, GenerationScores } from "./core/results/sequences/generation.js";
export type { WrittenTextDifferences, WrittenTextScores } from "./core/results/sequences/written-texts.js";
export type { ShownScore } from "./core/results/shown-score.js";
export type { RunsReport, SideDifference, SideRun } from "./core/results/side-by-side.js";
export type { RegressionScores, Task, TaskName, TaskOfName } from "./core/results/task.js";
export type { ChatMessage } from "./data/chats/chat.js";
export type { ClassSample, Dataset } from "./data/index.js";
export type { Layout } from "./data/lists/layout-files.js";
export { shownScore } from "./evaluate/shown-score.js";
export type { WrittenTextOptions } from "./evaluate/written/count-written-texts.js";
export type { Answer } from "./inference/answer.js";
export type { Assessment, AssessOptions } from "./inference/assess.js";
export type {
  DetectionEvaluation,
  EntityEvaluation,
  EvaluateOptions,
  Evaluation,
  GenerationEvaluation,
  LabelEvaluation,
  NumberEvaluation,
  PictureEvaluation,
  SegmentationEvaluation,
} from "./inference/evaluation.js";
export { type Exported, type ExportOptions, exportModel } from "./inference/export-model.js";
export type { LoadOptions } from "./inference/model-session.js";
export type {
  GeneratedText,
  GenerateOptions,
  TextGenerator,
  TextPrompt,
} from "./inference/text-generator.js";
export { type AdaptationName, adaptations } from "./methods/adapt/registry.js";
export { type DistillMethod, distillMethods } from "./methods/distillation/settings.js";
export { type StrategyName, strategies } from "./methods/registry.js";
export type { OptionForm } from "./options/option-checks.js";
export type { DistillOptions, TaskOptions, TrainOptions } from "./options/options.js";
export { type OptionInfo, optionsOf } from "./options/options-of-task.js";
export { type Pushed, type PushOptions, push } from "./push/push.js";
export { adapt, resumeAdapt } from "./regimes/adaptation/adapt.js";
export type { AdaptOptions } from "./regimes/adaptation/options.js";
export { collectSums, type SumsResult } from "./regimes/extend/collect-sums.js";
export { extend } from "./regimes/extend/extend.js";
export { type FederateOptions, simulateFederated } from "./regimes/federated/simulate-federated.js";
export type { PretrainOptions } from "./regimes/language-modelling/options.js";
export { pretrain, resumePretrain } from "./regimes/language-modelling/pretrain.js";
export { adaptModel } from "./regimes/source-free/adapt-model.js";
export type { AdaptModelOptions } from "./regimes/source-free/options.js";
export type { RunReport } from "./run/report/run-report.js";
export { openData } from "./run/setup.js";
export { readPredictions, type TestPrediction } from "./run/test-predictions.js";
export type {
  LiveSession,
  SessionBase,
  SessionFit,
  SessionOptions,
  SessionSample,
} from "./session/live-session.js";
export {
  type CompareOptions,
  compare,
  prepareComparison,
  type ResumeComparisonOptions,
  resumeComparison,
} from "./studies/compare/compare.js";
export {
  type CurveOptions,
  learningCurve,
  prepareCurve,
  type ResumeCurveOptions,
  resumeCurve,
} from "./studies/curve/curve.js";
export {
  type DiagnoseOptions,
  diagnose,
  prepareDiagnosis,
  resumeDiagnosis,
} from "./studies/diagnose/diagnose.js";
export type { PreparedStudy } from "./studies/many-runs.js";
export { type QueueStatus, type StuckJob, statusOfQueue } from "./studies/queue/queue-status.js";
export {
  type QueueWorkOptions,
  type QueueWorkResult,
  workFromQueue,
} from "./studies/queue/serve.js";
export {
  type CancelledStudy,
  cancelStudy,
  type SubmitOptions,
  type SubmittedStudy,
  submitStudy,
} from "./studies/queue/submit.js";
export { type RankedBase, type RankOptions, type RankResult, rank } from "./studies/rank/rank.js";
export type { RankedDistance, SourceDistances, SourceOption } from "./studies/rank/rank-source.js";
export { type ReportRunsOptions, reportRuns } from "./studies/side-by-side/report-runs.js";
export { type StudyStatus, statusOfStudy, type TrainingStatus } from "./studies/workers/status.js";
export { type WorkOptions, type WorkResult, work } from "./studies/workers/work.js";
export type { BoxModel, BoxOptions } from "./tasks/boxes/box-model.js";
export type { Model, TasksModel } from "./tasks/classes/image-model.js";
export type { EntityModel, FoundEntity } from "./tasks/entities/entity-model.js";
export type { ExplainOptions } from "./tasks/explain/explanation.js";
export type { GenerationModel } from "./tasks/generation/generation-model.js";
export type { SampleInput } from "./tasks/inputs/read-content.js";
export { type DataInspection, type InspectDataOptions, inspectData } from "./tasks/inspect-data.js";
export type { LabelAnswer, LabelModel } from "./tasks/labels/label-model.js";
export type { MaskModel, NamedMask } from "./tasks/masks/mask-model.js";
export type { Estimate } from "./tasks/numbers/estimates.js";
export type { Regressor } from "./tasks/numbers/number-model.js";
export type { ListTasksModel } from "./tasks/several/tasks-model.js";
export type { TasksInput, TasksOptions } from "./tasks/several/tasks-options.js";
export { resumeTasks, trainTasks } from "./tasks/several/train-tasks.js";
export { cacheFeatures, type FeaturesResult } from "./tasks/sums/cache-features.js";
export type { CacheFeaturesOptions, CollectOptions, ExtendOptions } from "./tasks/sums/sums-options.js";
export type { TableClassifier, TableRegressor } from "./tasks/tables/table-model.js";
export type { TableRow } from "./tasks/tables/table-rows.js";
export type { TextOrPair } from "./tasks/texts/require-texts.js";
export type { TextModel } from "./tasks/texts/text-model.js";
export type { Recognised, TranscriptModel } from "./tasks/transcripts/transcript-model.js";
export { type Weighting, weightings } from "./train/objectives/multi-task.js";
