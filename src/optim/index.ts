export {
  type Transform,
  type UpdateContext,
  addWeightDecay,
  chain,
  scaleByAdam,
  scaleByRate,
  traceMomentum,
} from "./transform.js";
export { type OptimizerName, adam, adamW, optimizers, sgd } from "./optimizers.js";
export { type Schedule, type ScheduleName, constant, cosineDecay, oneCycle, schedules } from "./schedule.js";
