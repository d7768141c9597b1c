export { symbolicBatch } from "../import/batch/symbolic-batch.js";
export { type Cut, dividesByNumber, findCut } from "./cut.js";
export { extract } from "./extract.js";
export { bindDims, promote } from "./graph-inputs.js";
export { inline } from "./inline.js";
export { type Parameter, type ParameterKind, parametersOf } from "./parameters.js";
