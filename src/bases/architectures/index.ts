export { type BertOptions, bert, bertInside, bertLayers, bertWeights, gelu } from "./bert.js";
export { lenet, oneHiddenLayer } from "./lenet.js";
export { residualNet } from "./residual.js";
export { tableNet, tableValues } from "./table-net.js";
export { type RegressionTree, treeNet } from "./tree-net.js";
