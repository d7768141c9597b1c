/** The strategies by name, their plans, and the probe's solver. */
export {
  type ADistance,
  type AdaptationName,
  type AdaptationRow,
  aDistance,
  adaptations,
  type Kliep,
  type KliepOptions,
  kliep,
  type Mmd,
  mmd,
} from "./adapt/index.js";
export type { Capability } from "./capabilities.js";
export { type AverageOptions, averageRounds, type FederatedClient } from "./federated/average-rounds.js";
export { scoreClients } from "./federated/score-clients.js";
export { harmfulUpdates, scoreUpdates } from "./federated/score-updates.js";
export { type Scoring, scoringOfClasses } from "./federated/scoring.js";
export { parseSkew, type Skew, splitClients } from "./federated/split-clients.js";
export { finetunePlan } from "./finetune/finetune.js";
export { scratchPlan } from "./finetune/scratch.js";
export { fitOfPlan, type PlannedFit } from "./fit-plan.js";
export { loopSettings } from "./loop-settings.js";
export type { Planner, PlanRequest, RateGroup, TrainingPlan } from "./plan.js";
export {
  defaultStrengths,
  fitLogistic,
  fitProbe,
  fitProbeInTurns,
  foldStandardisation,
  type LabelledFeatures,
  type LinearClassifier,
  type LogisticFit,
  type LogisticOptions,
  type MinimiseOptions,
  type Minimum,
  minimise,
  type Probe,
  type ProbeData,
  type ProbeOptions,
  type ProbeStep,
  type SmoothFunction,
  type Standardisation,
  standardisation,
} from "./probe/index.js";
export {
  checkSettings,
  chooseStrategy,
  plannerOf,
  type StrategyName,
  type StrategyRow,
  strategies,
} from "./registry.js";
export type {
  RequestedOptions,
  RequestedOptions as Asked,
  Setting,
  Settings,
  SettingValue,
} from "./settings.js";
