export { adam, adamW, type OptimizerName, optimizers, sgd } from "./optimizers.js";
export { constant, cosineDecay, oneCycle, type Schedule, type ScheduleName, schedules } from "./schedule.js";
export {
  addWeightDecay,
  applyChange,
  type Change,
  chain,
  scaleByAdam,
  scaleByRate,
  type Transform,
  traceMomentum,
  type UpdateContext,
} from "./transform.js";
