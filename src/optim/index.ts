export { adam, adamW, lion, type OptimizerName, optimizers, rmsprop, sgd } from "./optimizers.js";
export {
  constant,
  cosineDecay,
  cosineRestarts,
  linear,
  oneCycle,
  polynomial,
  type Schedule,
  type ScheduleName,
  schedules,
  slantedTriangular,
  step,
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
