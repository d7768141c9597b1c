export { symbolicBatch } from "../import/batch/symbolic-batch.js";
export { bindDims } from "./bind.js";
export { type Cut, dividesByNumber, findCut } from "./cut.js";
export { extract } from "./extract.js";
export { inline } from "./inline.js";
export { type Parameter, type ParameterKind, parametersOf } from "./parameters.js";
export { promote } from "./promote.js";
