/** Engraft's version, as in package.json (a test compares them): a browser cannot read package.json. */
export const engraftVersion = "0.1.0";
