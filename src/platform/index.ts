export { nodePlatform } from "./node.js";
export type { Files } from "./platform.js";
