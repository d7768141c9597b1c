// Gathers the openly licensed pictures from Debian packages, decodes them once, and writes the attribution.
//
//   node scripts/vision-open/pictures.mjs [--state DIR]
//
// Needs apt-get and dpkg (Debian or Ubuntu). Packages that are already in DIR/deb are not fetched again.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { startProgram } from "../start-program.mjs";
import { isOpen, stanzaOf, stanzasOf } from "./licenses.mjs";
import { packages } from "./packages.mjs";
import { rccFiles } from "./rcc.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const { values } = startProgram(import.meta.url, {
  needs: ["network"],
  options: { state: { type: "string", about: "folder of the pictures (default .cache/vision-open)" } },
});
const state = values.state ?? join(root, ".cache/vision-open");
/** Smaller files and pictures are icons. Longest sides of the stored pictures and cut-outs. */
const [leastBytes, leastSide, side, cutOutSide] = [15_000, 120, 512, 192];
const isPicture = (path) => /\.(jpe?g|png|webp)$/i.test(path);

/** Yields { path, bytes } of a package's pictures, from plain files and from Qt resource files. */
function* filesOf(folder) {
  const all = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile())
    .map((e) => join(e.parentPath, e.name))
    .sort();
  for (const file of all) {
    if (isPicture(file)) yield { path: relative(folder, file), bytes: readFileSync(file) };
    else if (file.endsWith(".rcc"))
      for (const inner of rccFiles(readFileSync(file))) if (isPicture(inner.path)) yield inner;
  }
}

function unpacked({ name, version, sha256 }) {
  const [debs, folder] = [join(state, "deb"), join(state, "x", name)];
  mkdirSync(debs, { recursive: true });
  const find = () => readdirSync(debs).find((f) => f.startsWith(`${name}_`));
  if (!find()) execFileSync("apt-get", ["download", `${name}=${version}`], { cwd: debs, stdio: "inherit" });
  const deb = join(debs, find());
  const hash = createHash("sha256").update(readFileSync(deb)).digest("hex");
  if (hash !== sha256) throw new Error(`${basename(deb)} has sha256 ${hash}, expected ${sha256}`);
  if (!existsSync(folder)) execFileSync("dpkg", ["-x", deb, folder]);
  return folder;
}

/** Decodes a picture to at most `side` pixels, and to half and a quarter of that. A cut-out has an alpha channel. */
async function decoded(bytes) {
  const whole = await sharp(bytes)
    .toColourspace("srgb")
    .ensureAlpha()
    .resize(side, side, { fit: "inside", withoutEnlargement: true })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = whole.info;
  if (Math.min(width, height) < leastSide || channels !== 4) return undefined;
  let cutOut = false;
  for (let i = 3; i < whole.data.length && !cutOut; i += 4) cutOut = whole.data[i] < 255;
  const levels = [];
  for (const longest of cutOut ? [cutOutSide, cutOutSide / 2] : [side, side / 2, side / 4]) {
    const image = sharp(whole.data, { raw: { width, height, channels } });
    const small = image.resize(longest, longest, { fit: "inside", withoutEnlargement: true });
    const out = (cutOut ? small : small.removeAlpha()).raw();
    const { data, info } = await out.toBuffer({ resolveWithObject: true });
    levels.push({ data, width: info.width, height: info.height });
  }
  return { kind: cutOut ? "cut-out" : "photograph", levels };
}

const [index, chunks, seen] = [[], [], new Set()];
const attribution = [];
let offset = 0;
for (const one of packages) {
  const folder = unpacked(one);
  const text = readFileSync(join(folder, "usr/share/doc", one.name, "copyright"), "utf8");
  const stanzas = one.license ? [] : stanzasOf(text);
  const [perFolder, used] = [new Map(), new Map()];
  let count = 0;
  for (const { path, bytes } of filesOf(folder)) {
    const named = one.in ? `${one.in}/${basename(path)}` : path;
    const stanza = one.license
      ? { license: one.license, copyright: "see the package" }
      : stanzaOf(stanzas, named);
    if (bytes.length < leastBytes || one.without?.test(path) || !stanza || !isOpen(stanza.license)) continue;
    const many = (perFolder.get(dirname(path)) ?? 0) + 1;
    const hash = createHash("sha256").update(bytes).digest("hex");
    if (many > (one.perFolder ?? Number.POSITIVE_INFINITY) || seen.has(hash)) continue;
    const picture = await decoded(bytes).catch(() => undefined);
    if (!picture) continue;
    perFolder.set(dirname(path), many);
    seen.add(hash);
    const levels = picture.levels.map(({ data, width, height }) => {
      chunks.push(data);
      offset += data.length;
      return { width, height, offset: offset - data.length };
    });
    index.push({ package: one.name, path, kind: picture.kind, license: stanza.license, levels });
    const key = `${stanza.license}: ${stanza.copyright}`;
    used.set(key, [...(used.get(key) ?? []), basename(path)]);
    count++;
  }
  attribution.push(`${one.name} ${one.version} (${one.source}): ${count} pictures`, "");
  for (const [key, names] of used)
    attribution.push(
      `  ${key}`,
      ...(names.length <= 40 ? [`    ${names.join(", ")}`] : [`    ${names.length} files`]),
    );
  attribution.push("");
  console.log(one.name, count);
}
writeFileSync(join(state, "pictures.bin"), Buffer.concat(chunks));
writeFileSync(join(state, "pictures.json"), JSON.stringify(index));
writeFileSync(join(state, "ATTRIBUTION.txt"), attribution.join("\n"));
const of = (kind) => index.filter((p) => p.kind === kind).length;
console.log(of("photograph"), "photographs", of("cut-out"), "cut-outs", offset, "bytes");
