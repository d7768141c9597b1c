// Makes the sentences of reports files of their own, one for each language, so that a page loads those that it shows.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const folderOf = (lang) => join(root, "src/report/words", lang);

/** Name of the file with the sentences of a language. */
const names = { en: "english-sentences", zh: "chinese-sentences" };

/** Returns the names that a file exports. */
const exportsOf = (path) =>
  [...readFileSync(path, "utf8").matchAll(/^export (?:const|function) (\w+)/gm)].map(([, name]) => name);

/** Source of the stand-ins. Sentences are made in both languages, and empty in the one that is not loaded. */
export const standIns = `
const files = {};
const empty = new Proxy(() => "", { get: (_, key) => (key === Symbol.toPrimitive ? () => "" : empty) });
export const add = (file, its) => void (files[file] = its);
export const standIn = (file, name) => new Proxy(() => undefined, {
  get: (_, key) => (files[file] ? files[file][name][key] : empty[key]),
  getOwnPropertyDescriptor: (_, key) => {
    const found = Object.getOwnPropertyDescriptor(files[file]?.[name] ?? {}, key);
    return found && { ...found, configurable: true };
  },
  apply: (_, self, given) => (files[file] ? files[file][name](...given) : ""),
});`;

/**
 * Makes the sentences of languages files of their own. Until `loadLanguage` loads one, each of its exports is a stand-in, whose sentences
 * are empty; then it has the properties of the real one, or calls it.
 * @param langs languages that are loaded on demand
 * @param before modules that the files of sentences import first
 */
export const languagesLater = (langs, before = []) => ({
  name: "languages-later",
  setup(build) {
    const found = new Set();
    const virtual = (filter, namespace) => build.onResolve({ filter }, ({ path }) => ({ path, namespace }));
    virtual(/^sentences-stand-ins$/, "stand-ins");
    virtual(/^(english|chinese)-sentences$/, "sentences");
    build.onResolve({ filter: /\.[jt]s$/ }, ({ path, resolveDir, namespace }) => {
      const file = join(resolveDir, path).replace(/\.js$/, ".ts");
      const isReal = namespace === "sentences" || namespace === "real";
      const isLater = langs.some((lang) => file.startsWith(folderOf(lang) + sep));
      return isReal && isLater ? { path: file, namespace: "real" } : undefined;
    });
    const inFolder = `report[\\\\/]words[\\\\/](?:${langs.join("|")})[\\\\/]`;
    const filter = new RegExp(`${inFolder}(?:[a-z-]+|messages[\\\\/]index)\\.ts$`);
    build.onLoad({ filter, namespace: "file" }, ({ path }) => {
      found.add(path);
      const lines = exportsOf(path).map(
        (name) => `export const ${name} = standIn("${relative(root, path)}", "${name}");`,
      );
      return {
        contents: `import { standIn } from "sentences-stand-ins";\n${lines.join("\n")}`,
        loader: "js",
      };
    });
    build.onLoad({ filter: /./, namespace: "real" }, ({ path }) => ({
      contents: `${readFileSync(path, "utf8")}
        import { add } from "sentences-stand-ins";
        add("${relative(root, path)}", { ${exportsOf(path).join(", ")} });`,
      loader: "ts",
      resolveDir: dirname(path),
    }));
    build.onLoad({ filter: /./, namespace: "stand-ins" }, () => ({ contents: standIns, loader: "js" }));
    build.onLoad({ filter: /load-language\.ts$/ }, () => ({
      contents: `
        export const loadLanguage = async (lang) => {
          ${langs.map((lang) => `if (lang === "${lang}") await import("${names[lang]}");`).join("\n")}
        };`,
      loader: "js",
    }));
    build.onLoad({ filter: /./, namespace: "sentences" }, ({ path }) => {
      const lang = langs.find((one) => names[one] === path);
      return {
        contents: [...before, ...filesOf(lang)].map((file) => `import "${file}";`).join("\n"),
        loader: "js",
        resolveDir: folderOf(lang),
      };
    });
    build.onEnd(() => {
      for (const lang of langs)
        if (![...found].some((path) => path.startsWith(folderOf(lang) + sep)))
          throw new Error(`languages-later.mjs: no sentences in "${lang}" were found: were they moved?`);
    });
  },
});

/** Returns the files that other code imports sentences from. Those of other files name terms when they are loaded. */
const filesOf = (lang) => {
  const all = readdirSync(folderOf(lang), { recursive: true }).map((name) => name.split(sep).join("/"));
  return ["terms.ts", ...all.filter((name) => /^(?:[a-z-]+|messages\/index)\.ts$/.test(name))].map(
    (name) => `./${name}`,
  );
};
