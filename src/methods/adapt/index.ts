/** Domain adaptation: learning from a labelled source and an unlabelled target. */
export { type ADistance, aDistance } from "./a-distance.js";
export { type Align, adaptation } from "./align.js";
export { type GroupsOfDomains, type Mmd, type MmdOptions, mmd, multiKernelMmd } from "./distances.js";
export { type Kliep, type KliepOptions, kliep } from "./kliep.js";
export { type FindMap, momentsMap, type RowMap, selfTrain, transportMap } from "./maps.js";
export { adaptPlan, stepsPerEpoch } from "./plan.js";
export {
  type AdaptationName,
  type AdaptationRow,
  adaptationOf,
  adaptations,
  type MapName,
  methodOf,
  tradeOffsOf,
} from "./registry.js";
