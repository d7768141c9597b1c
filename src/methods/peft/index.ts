/**
 * Parameter-efficient strategies: small trainable weights with frozen ones. One file, loaded when one of them is used.
 */
export { adapterPlan } from "./adapter.js";
export { ia3Plan } from "./ia3.js";
export { doraPlan, loraPlan } from "./lora.js";
