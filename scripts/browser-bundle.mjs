// Bundles the files for a page without a bundler: the page's side and the worker's in one minified file each, and
// rarely used code in files that are loaded on demand. `node scripts/browser-bundle.mjs` prints the size, and fails
// above the limit.
import { readFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { compile } from "./build/compile.mjs";
import { languagesLater } from "./build/languages-later.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const protobuf = join(root, "node_modules/@bufbuild/protobuf/dist/esm");

/**
 * Minified and gzipped, without onnxruntime-web: 177.5 KB. Text generation takes 0.8 KB of them: its warnings, which every page can read,
 * its row in the tables of tasks and metrics, the files of a decoder that a page fetches, and `generate` across the worker. Pairs of texts
 * take 0.4 KB: their warnings, the check of a list for them, and the files of an encoder–decoder.
 */
export const limit = 177_600;

/** Loaded only by Node's side; a page never reaches their imports. Wasm has no blocked kernels. */
const nodeOnly = [
  "*/distillation/distill.js",
  "*/distillation/check-distill.js",
  "*/hub/hub-base.js",
  "*/passes/block-for-ort.js",
  "*/platform/node.js",
  "*/runtime/ort-node.js",
  "*/report/thumbnails-node.js",
  "*/report/assets.js",
];

/**
 * Packages that contain code under the LGPL (codec-parser, libmpg123), by the name of their file. Each is a file of its own, which the
 * others import as the package. So a user can replace it by one that is made with another version of the library.
 */
export const replaceable = {
  "decode-flac": "@audio/decode-flac",
  "decode-mp3": "@audio/decode-mp3",
  "decode-opus": "@audio/decode-opus",
  "decode-vorbis": "@audio/decode-vorbis",
};

const filesOfTheirOwn = {
  name: "files-of-their-own",
  setup(build) {
    build.onResolve({ filter: /^@audio\/decode-/ }, ({ path }) => ({
      path: `./${path.slice("@audio/".length)}.js`,
      external: true,
    }));
  },
};

/** @throws Error for a row of `nodeOnly` that no import matches: the file was moved, and would be bundled. */
function requireMatches({ inputs }) {
  const left = Object.values(inputs).flatMap((file) => file.imports.filter(({ external }) => external));
  const isLeft = (row) =>
    left.some(({ path }) => (row[0] === "*" ? path.endsWith(row.slice(1)) : path === row));
  const stale = nodeOnly.filter((row) => !isLeft(row));
  if (stale.length > 0) throw new Error(`browser-bundle.mjs: no import matches ${stale.join(", ")}`);
}

/**
 * The generated ONNX messages contain a binary descriptor, and reading it needs the description of descriptors: 7 KB of
 * the bundle. So the descriptor is read while building, and is an object in the bundle.
 */
const readDescriptor = (built) => ({
  name: "read-descriptor",
  setup(build) {
    build.onLoad({ filter: /onnx_pb\.ts$/ }, async ({ path }) => {
      const { file_onnx } = await import(pathToFileURL(join(built, "onnx/generated/onnx_pb.js")).href);
      const source = readFileSync(path, "utf8");
      const [call] = /fileDesc\("[^"]*"\)/.exec(source);
      const from = (file) => JSON.stringify(join(protobuf, file));
      const contents = `
        import { bootFileDescriptorProto } from ${from("codegenv2/boot.js")};
        import { restoreJsonNames } from ${from("codegenv2/restore-json-names.js")};
        import { createEmbeddedFileRegistry } from ${from("registry.js")};
        function descriptorOf(file) {
          const root = bootFileDescriptorProto(file);
          const alternatives = (message, { nestedType = [], oneofDecl = [] }) => {
            message.oneofDecl = oneofDecl.map((name) => ({ $typeName: "google.protobuf.OneofDescriptorProto", name }));
            nestedType.forEach((inner, i) => alternatives(message.nestedType[i], inner));
          };
          file.messageType.forEach((message, i) => alternatives(root.messageType[i], message));
          root.messageType.forEach(restoreJsonNames);
          return createEmbeddedFileRegistry(root, () => undefined).getFile(root.name);
        }
        ${source.replace(call, () => `descriptorOf(${JSON.stringify(plain(file_onnx.proto))})`).replace(/\bfileDesc, /, "")}`;
      return { contents, loader: "ts", resolveDir: dirname(path) };
    });
  },
});

/** Returns the used part of a descriptor. */
function plain({ name, package: where, messageType, enumType }) {
  const enumeration = (e) => ({
    name: e.name,
    value: e.value.map(({ name, number }) => ({ name, number })),
  });
  const field = ({ name, number, type, label, typeName, options, ...rest }) => ({
    name,
    number,
    type,
    // 1, optional, is the library's default.
    ...(label !== 1 && { label }),
    ...(typeName && { typeName }),
    ...(Object.hasOwn(rest, "oneofIndex") && { oneofIndex: rest.oneofIndex }),
    ...(options?.packed && { options: { packed: true } }),
  });
  const message = (m) => ({
    name: m.name,
    field: m.field.map(field),
    ...(m.nestedType.length && { nestedType: m.nestedType.map(message) }),
    ...(m.enumType.length && { enumType: m.enumType.map(enumeration) }),
    ...(m.oneofDecl.length && { oneofDecl: m.oneofDecl.map(({ name }) => name) }),
  });
  return { name, package: where, messageType: messageType.map(message), enumType: enumType.map(enumeration) };
}

/**
 * Puts everything that the worker always loads into one file. Otherwise esbuild makes a file for each set of lazily
 * loaded parts that share a module with it: sixty requests, and a tenth more bytes. So each of those parts is made to
 * depend on the whole worker.
 * @param parts lazily loaded files, by their path from the root
 */
const oneFile = (parts) => ({
  name: "one-file",
  setup(build) {
    const all = join(root, "src/web/worker.ts");
    build.onResolve({ filter: /^the worker$/ }, () => ({ path: all, sideEffects: true }));
    build.onResolve({ filter: /^\.\/worker\.js$/ }, ({ resolveDir }) =>
      resolveDir === dirname(all) ? { path: all, sideEffects: true } : undefined,
    );
    build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      if (!parts.has(relative(root, path).replaceAll("\\", "/"))) return undefined;
      const contents = `${readFileSync(path, "utf8")}\nimport "the worker";\n`;
      return { contents, loader: "ts", resolveDir: dirname(path) };
    });
  },
});

/** Returns the files of dist/browser/ without writing them. `built` has the transpiled sources. */
export async function bundleForBrowsers(built = join(root, "dist")) {
  const { metafile } = await bundle(new Set(), built);
  requireMatches(metafile);
  const entries = Object.values(metafile.outputs).map(({ entryPoint }) => entryPoint);
  const ofPage = /^src\/(web\/(index|start|(microphone|camera)\/[\w-]+)|core\/messages\/errors-zh)\.ts$/;
  return bundle(new Set(entries.filter((path) => path && !ofPage.test(path))), built);
}

async function bundle(parts, built) {
  const options = {
    metafile: true,
    outdir: join(root, "dist/browser"),
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    legalComments: "none",
  };
  const own = await compile({
    ...options,
    entryPoints: { engraft: join(root, "src/web/index.ts"), start: join(root, "src/web/start.ts") },
    splitting: true,
    external: nodeOnly,
    plugins: [filesOfTheirOwn, readDescriptor(built), languagesLater(["zh"], ["the worker"]), oneFile(parts)],
  });
  const others = await compile({
    ...options,
    entryPoints: replaceable,
  });
  const merged = (kind) => ({ ...own.metafile[kind], ...others.metafile[kind] });
  return {
    outputFiles: [...own.outputFiles, ...others.outputFiles],
    metafile: { inputs: merged("inputs"), outputs: merged("outputs") },
  };
}

/** Gzipped bytes of the bundle: what every page loads, and what is loaded on demand. */
export async function bundleSize() {
  const { outputFiles, metafile } = await bundleForBrowsers();
  const packed = new Map(
    outputFiles.map(({ path, contents }) => [basename(path), gzipSync(contents, { level: 9 }).length]),
  );
  const outputs = new Map(Object.entries(metafile.outputs).map(([path, output]) => [basename(path), output]));
  const needed = new Set();
  const visit = (name) => {
    if (needed.has(name)) return;
    needed.add(name);
    for (const { kind, path, external } of outputs.get(name).imports)
      if (kind === "import-statement" && !external) visit(basename(path));
  };
  for (const name of ["engraft.js", "start.js"]) visit(name);
  const sum = (names) => names.reduce((bytes, name) => bytes + packed.get(name), 0);
  const all = [...packed.keys()];
  const fromPackages = ([name]) => {
    const inputs = Object.entries(outputs.get(name).inputs);
    const bytes = (some) => some.reduce((n, [, { bytesInOutput }]) => n + bytesInOutput, 0);
    return bytes(inputs.filter(([path]) => path.includes("node_modules"))) > bytes(inputs) / 2;
  };
  return {
    always: sum([...needed]),
    later: sum(all.filter((name) => !needed.has(name))),
    files: Object.fromEntries(packed),
    libraries: [...packed].filter(fromPackages).map(([name]) => name),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { always, later } = await bundleSize();
  const kb = (bytes) => `${(bytes / 1000).toFixed(1)} KB`;
  console.log(
    `engraft/web, minified and gzipped, without the runtime: ${kb(always)} of at most ${kb(limit)}; ${kb(later)} more where they are needed`,
  );
  if (always > limit) process.exitCode = 1;
}
