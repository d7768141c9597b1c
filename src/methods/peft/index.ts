/**
 * Parameter-efficient strategies: small trainable weights with frozen ones. This file is loaded on demand.
 */
export { adapterPlan } from "./adapter.js";
export { ia3Plan } from "./ia3.js";
export { doraPlan, loraPlan } from "./lora.js";
