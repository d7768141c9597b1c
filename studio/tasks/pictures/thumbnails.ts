// Thumbnails of pictures as object URLs: made once, for visible tiles only, and revoked when too many are kept.

/** Width of a thumbnail in pixels: twice that of a tile. */
const width = 200;
/** A smaller file is its own thumbnail. Bytes. */
const small = 20_000;
/** Thumbnails that are kept: 3,000 of 6 KB are 18 MB. */
const most = 3000;
/** Pictures that are decoded at the same time. */
const together = 4;

/** Object URL by hash, the least recently used first. */
const urls = new Map<string, string>();

interface Request {
  readonly hash: string;
  readonly load: () => Promise<Blob>;
  readonly onUrl: (url: string) => void;
}
/** The newest is served first: it is what the user looks at. */
const waiting: Request[] = [];
let running = 0;

/** Returns the object URL of a thumbnail that is made. */
export function knownThumbnail(hash: string): string | undefined {
  const url = urls.get(hash);
  if (url === undefined) return undefined;
  urls.delete(hash);
  urls.set(hash, url);
  return url;
}

/** Makes a thumbnail. @returns a function that withdraws the request */
export function requestThumbnail(
  hash: string,
  load: () => Promise<Blob>,
  onUrl: (url: string) => void,
): () => void {
  const request: Request = { hash, load, onUrl };
  waiting.push(request);
  void serve();
  return () => {
    const at = waiting.indexOf(request);
    if (at >= 0) waiting.splice(at, 1);
  };
}

async function serve(): Promise<void> {
  if (running === together) return;
  running++;
  for (let request = waiting.pop(); request; request = waiting.pop()) {
    const { hash, load, onUrl } = request;
    // A picture that cannot be read stays an empty tile.
    const url =
      knownThumbnail(hash) ??
      (await load()
        .then(thumbnailOf)
        .catch(() => undefined));
    if (url === undefined) continue;
    keep(hash, url);
    onUrl(url);
  }
  running--;
}

async function thumbnailOf(content: Blob): Promise<string> {
  if (content.size <= small) return URL.createObjectURL(content);
  const bitmap = await createImageBitmap(content, { resizeWidth: width, resizeQuality: "medium" });
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  canvas.getContext("2d")!.drawImage(bitmap, 0, 0);
  bitmap.close();
  return URL.createObjectURL(await canvas.convertToBlob({ type: "image/webp", quality: 0.8 }));
}

function keep(hash: string, url: string): void {
  const earlier = urls.get(hash);
  if (earlier !== undefined && earlier !== url) URL.revokeObjectURL(earlier);
  urls.set(hash, url);
  if (urls.size <= most) return;
  const [oldest, unused] = urls.entries().next().value!;
  urls.delete(oldest);
  URL.revokeObjectURL(unused);
}
