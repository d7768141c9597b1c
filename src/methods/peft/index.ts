/** Parameter-efficient strategies: small weights beside frozen ones. One file to load, when one of them is used. */
export { adapterPlan } from "./adapter.js";
export { ia3Plan } from "./ia3.js";
export { doraPlan, loraPlan } from "./lora.js";
