// Checks that everything committed starts: links all scripts, and imports each benchmark and each program of scripts/, which stops before
// any work. Prints what each needs, or fails with what is wrong.
//
//   node scripts/build.mjs && node scripts/check/starts.mjs [--json]
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { listBenches } from "../../bench/list.mjs";
import { ImportedProgram, needs, needsLine, readArguments, startProgram } from "../start-program.mjs";
import { linkScripts, missingFiles, root, scriptFiles } from "./link.mjs";

const { values } = startProgram(import.meta.url, {
  needs: [],
  options: { json: { type: "boolean", about: "print the declarations as JSON" } },
});

const files = scriptFiles();
const linked = await linkScripts(files);
const problems = [...linked.problems, ...files.flatMap(missingFiles)];
const declared = [];
// What does not link cannot be imported.
if (problems.length === 0) {
  for (const { name, declaration } of await listBenches()) add(name, "bench/main.mjs", declaration);
  for (const file of linked.programs.filter((one) => one.startsWith("scripts/"))) await addProgram(file);
}
if (values.json) console.log(JSON.stringify(declared));
else for (const { name, declaration } of declared) console.log(needsLine(name, declaration));
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;

/** Adds a program that declares itself. One without a declaration must be run by an npm script. */
async function addProgram(file) {
  if (file === "scripts/check/starts.mjs") return;
  const text = readFileSync(join(root, file), "utf8");
  if (/^[^/\n]*\bstartProgram\(import\.meta\.url/m.test(text)) add(file, file, await declarationOf(file));
  else if (!readFileSync(join(root, "package.json"), "utf8").includes(`node ${file}`))
    problems.push(`${file} exports nothing, and does not begin with startProgram`);
}

async function declarationOf(file) {
  try {
    await import(pathToFileURL(join(root, file)).href);
  } catch (error) {
    if (error instanceof ImportedProgram) return error.declaration;
    throw error;
  }
  throw new Error(`${file} does not stop when it is imported`);
}

function add(name, file, declaration) {
  const { options = {}, smallest } = declaration;
  const wrong = [
    ...(declaration.needs ?? ["no declaration"]).filter((need) => !Object.hasOwn(needs, need)),
    ...Object.keys(options).filter((option) => !options[option].about),
    ...Object.keys(smallest ?? {}).filter((option) => !Object.hasOwn(options, option)),
  ];
  for (const one of wrong) problems.push(`${name}: its needs, options or smallest settings have ${one}`);
  if (file === "bench/main.mjs" && declaration.needs.length === 0 && !smallest)
    problems.push(`${name} needs nothing, so it declares the settings of a smallest run`);
  readArguments(["--check"], declaration);
  declared.push({ name, file, declaration });
}
