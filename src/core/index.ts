/** Shared basics: errors, tensors and their shapes, stateless random numbers, events. */

export { bytesPerElement, type DataOf, type DType, isFloat, type TensorData } from "./dtype.js";
export { EngraftError, type ErrorKind, type ErrorOptions, errorKinds } from "./errors.js";
export type {
  AdaptCandidate,
  AdaptResultEvent,
  AnyResultEvent,
  BaseEvent,
  Baseline,
  CheckpointEvent,
  ClassificationScores,
  DataEvent,
  DomainDistance,
  DomainEvent,
  EngraftEvent,
  EpochEvent,
  ErrorEvent,
  ForecastEvent,
  InitEvent,
  Interval,
  ItemUnit,
  OnEvent,
  Part,
  Phase,
  ProgressEvent,
  RegressionResultEvent,
  RunEvent,
  SeedEvent,
  SeedsF1Result,
  SeedsResult,
  ServingEvent,
  SplitCounts,
  StartEvent,
  TableResultEvent,
  TrainableEvent,
  TrainResultEvent,
  Verdict,
  WarningEvent,
} from "./events/events.js";
export { type Draws, draws, permutation } from "./random.js";
export type {
  ComparedEntry,
  ComparedRow,
  ComparedRun,
  ComparisonResult,
  Difference,
  FailedRun,
  OverSeeds,
} from "./results/comparison.js";
export type {
  InitReport,
  OutputScores,
  RegressionBaseline,
  RegressionScores,
  TableFacts,
  TargetFacts,
  Task,
} from "./results/task.js";
export {
  type Dim,
  formatShape,
  formatType,
  isStatic,
  type Shape,
  type StaticShape,
  sizeOf,
  type TensorType,
} from "./shape.js";
export { castTensor, float32, int64, scalar, type Tensor, tensor, toNumbers, zeros } from "./tensor.js";
