/** Engraft's own version, as in package.json (a test compares them): a browser has no package.json to read. */
export const engraftVersion = "0.2.0";
