// Imported first by the library's entry: otherwise an older Node fails later with an unrelated message. Browsers have
// no `process`.
const version = (globalThis as { process?: { versions?: { node?: string } } }).process?.versions?.node;
const [major = 0, minor = 0] = version?.split(".").map(Number) ?? [];
if (version !== undefined && (major < 20 || (major === 20 && minor < 19)))
  throw new Error(`Engraft needs Node 20.19 or later; this is ${version}`);
