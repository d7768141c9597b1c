// Chooses the onnxruntime package that Node uses. `node:` imports are what this file is for.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { EngraftError } from "../core/errors.js";

/** The package with native code, or its WebAssembly counterpart, which runs everywhere and is slower. */
export type OrtPackageName = "onnxruntime-node" | "onnxruntime-web";

/** An installed package. */
export interface OrtPackage {
  readonly name: OrtPackageName;
  readonly version: string;
  /** Reason why the native package is not used: a sentence without full stop. */
  readonly problem?: string;
}

/** A machine, in Node's terms. */
export interface Target {
  readonly platform: string;
  readonly arch: string;
}

/** Platforms with native code in onnxruntime-node 1.30. */
const nativeTargets = ["linux-x64", "linux-arm64", "darwin-arm64", "win32-x64", "win32-arm64"];
const nativeTargetsInWords = "Linux x64 and arm64 (glibc), macOS on Apple silicon, Windows x64 and arm64";

/**
 * Returns onnxruntime-node if its native code for this platform is installed, else onnxruntime-web. Checks files and
 * loads nothing, so loading the native code may still fail.
 * @throws InternalError if neither package is installed
 */
export function findOrtPackage(
  resolve: (id: string) => string = createRequire(import.meta.url).resolve,
  target: Target = process,
): OrtPackage {
  const { platform, arch } = target;
  const native = rootOf("onnxruntime-node", resolve);
  const binding = `bin/napi-v6/${platform}/${arch}/onnxruntime_binding.node`;
  if (native !== undefined && existsSync(join(native, binding)))
    return { name: "onnxruntime-node", version: versionAt(native) };
  const wasm = rootOf("onnxruntime-web", resolve);
  if (wasm === undefined) {
    throw new EngraftError("InternalError", "neither onnxruntime-node nor onnxruntime-web is installed", {
      help: "install engraft again, with its dependencies",
    });
  }
  const problem = !nativeTargets.includes(`${platform}-${arch}`)
    ? `onnxruntime-node has no native code for ${platform} ${arch}`
    : native === undefined
      ? "onnxruntime-node is not installed"
      : `onnxruntime-node is installed without ${binding}`;
  return { name: "onnxruntime-web", version: versionAt(wasm), problem };
}

/**
 * Returns the warning for a run on WebAssembly: the reason, the cost, and the command that installs the native package.
 */
export function wasmWarning({ version, problem }: OrtPackage, target: Target = process): string {
  const slower = `${problem}. Engraft runs on WebAssembly instead, which is slower and has at most 4 GiB of memory.`;
  return nativeTargets.includes(`${target.platform}-${target.arch}`)
    ? `${slower} For the fast runtime type: ${installCommand(version, target)}`
    : `${slower} The fast runtime exists for ${nativeTargetsInWords}.`;
}

/** Returns the help for native code that fails to load. */
export function nativeHelp(version: string, target: Target = process): string {
  return `type: ${installCommand(version, target)}; onnxruntime-node exists for ${nativeTargetsInWords}`;
}

/**
 * On Linux x64 the package's install step downloads CUDA libraries, which Engraft does not use, and fails without
 * network.
 */
function installCommand(version: string, { platform, arch }: Target): string {
  const install = `npm install onnxruntime-node@${version}`;
  return platform === "linux" && arch === "x64" ? `ONNXRUNTIME_NODE_INSTALL=skip ${install}` : install;
}

/**
 * Returns the folder of an installed package. The main file of both is in dist/; only one of them exports package.json.
 */
function rootOf(name: OrtPackageName, resolve: (id: string) => string): string | undefined {
  try {
    return dirname(dirname(resolve(name)));
  } catch {
    return undefined;
  }
}

function versionAt(root: string): string {
  return (JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string }).version;
}
