export { lenet, oneHiddenLayer } from "./lenet.js";
export { type ResidualOptions, residualNet } from "./residual.js";
