export { type ResidualOptions, residualNet } from "./residual.js";
