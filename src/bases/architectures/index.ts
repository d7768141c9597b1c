export {
  type BertInputs,
  type BertOptions,
  type BertWeights,
  bert,
  bertInside,
  bertLayers,
  bertWeights,
  gelu,
} from "./bert.js";
export { lenet, oneHiddenLayer } from "./lenet.js";
export { type ResidualOptions, residualNet } from "./residual.js";
export { type TableNetOptions, tableNet, tableValues } from "./table-net.js";
export { type RegressionTree, treeNet } from "./tree-net.js";
