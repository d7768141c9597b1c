export { type OptimizerName, optimizerNames, type ScheduleName, scheduleNames } from "./names.js";
export { adam, adamW, lion, optimizers, rmsprop, sgd } from "./optimizers.js";
export {
  constant,
  cosineDecay,
  cosineRestarts,
  linear,
  oneCycle,
  polynomial,
  type Schedule,
  schedules,
  slantedTriangular,
  step,
  warmupStableDecay,
} from "./schedule.js";
export {
  addWeightDecay,
  applyChange,
  type Change,
  chain,
  scaleByAdam,
  scaleByRate,
  scaleByRms,
  signOfMomentum,
  type Transform,
  traceMomentum,
  type UpdateContext,
} from "./transform.js";
