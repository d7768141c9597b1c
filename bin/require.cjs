// What `require("engraft")` loads in a Node without the condition "module-sync". Node 20.19 and later can require the
// library's ES modules; an older one fails with a message about something else.
const version = typeof process === "undefined" ? undefined : process.versions.node;
const [major, minor] = (version || "20.19").split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19))
  throw new Error(`Engraft needs Node 20.19 or later; this is ${version}`);
module.exports = require("../dist/index.js");
