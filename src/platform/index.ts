export { codeOf, fileError } from "./file-errors.js";
export {
  cacheDir,
  ensureDir,
  fileSha256,
  nodePlatform,
  readFileBytes,
  sha256,
  withLock,
  writeAtomic,
} from "./node.js";
export type {
  FileState,
  Files,
  FolderEntry,
  LockOptions,
  PictureData,
  PictureHeader,
  Pictures,
  Platform,
} from "./platform.js";
