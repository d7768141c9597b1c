/** Mean and 95 % interval of paired differences, one a draw: t with K - 1 degrees of freedom. */
export { meanInterval } from "../../dist/evaluate/index.js";
