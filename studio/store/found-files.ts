// Files that the user chooses or drops, also in folders.

/** A file with its path among the chosen or dropped files, with "/". */
export interface FoundFile {
  readonly path: string;
  readonly file: File;
}

/** True for files that systems put into folders by themselves. */
export const isHidden = (path: string): boolean => /(^|\/)(\.|Thumbs\.db$|desktop\.ini$)/i.test(path);

/** Returns the files of an input or a drop, without hidden ones. */
export const chosenFiles = (files: Iterable<File>): FoundFile[] =>
  Array.from(files, (file) => ({
    path: (file.webkitRelativePath || file.name).normalize("NFC"),
    file,
  })).filter(({ path }) => !isHidden(path));

/** Returns the files of a drop with those in its folders. Call it before anything is awaited: the browser empties the drop then. */
export async function droppedFiles({ items, files }: DataTransfer): Promise<FoundFile[]> {
  const entries = Array.from(items, (item) => item.webkitGetAsEntry?.());
  const loose = chosenFiles(files);
  if (!entries.some((entry) => entry?.isDirectory)) return loose;
  const found: FoundFile[] = [];
  for (const entry of entries) if (entry) await visit(entry, found);
  return found;
}

/** Adds a file, or the files of a folder. */
async function visit(entry: FileSystemEntry, found: FoundFile[]): Promise<void> {
  const path = entry.fullPath.replace(/^\//, "").normalize("NFC");
  if (isHidden(path)) return;
  if (entry.isFile) {
    const file = await new Promise<File>((...ended) => (entry as FileSystemFileEntry).file(...ended));
    found.push({ path, file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const next = () => new Promise<FileSystemEntry[]>((...ended) => reader.readEntries(...ended));
  // A reader gives at most 100 entries at once.
  for (let inner = await next(); inner.length > 0; inner = await next())
    for (const one of inner) await visit(one, found);
}
