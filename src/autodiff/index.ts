export { decisionOf } from "./decision.js";
export {
  appendOperator,
  type CustomAttributes,
  type CustomContext,
  type CustomOperator,
  defineOperator,
  expandOperators,
  operatorOf,
} from "./define-operator.js";
export { type DifferentiateOptions, differentiate } from "./differentiate.js";
export {
  type AnyDecision,
  type Decision,
  type Gradients,
  type NodeContext,
  type NoRule,
  type Rules,
  refuse,
  rule,
  type Vjp,
  type VjpContext,
  zero,
} from "./rule.js";
export type { ChooseForm, ConvForm, ConvGradient } from "./rules/conv-forms.js";
export type { ConvShape } from "./rules/conv-shape.js";
export { rules } from "./rules/index.js";
