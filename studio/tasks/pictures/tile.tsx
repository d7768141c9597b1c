import { useEffect, useState } from "preact/hooks";
import type { Sample } from "../../../src/studio/project.js";
import { useStudio } from "../../engine/studio.js";
import { knownThumbnail, requestThumbnail } from "./thumbnails.js";

/** A picture as a thumbnail. It is made when the tile is first shown. */
export function PictureTile({ sample }: { readonly sample: Sample }) {
  const { store } = useStudio();
  const hash = sample.hash!;
  const [made, setMade] = useState<{ readonly hash: string; readonly url: string }>();
  useEffect(() => {
    if (knownThumbnail(hash) !== undefined) return;
    return requestThumbnail(
      hash,
      () => store.content(hash),
      (url) => setMade({ hash, url }),
    );
  }, [hash, store]);
  const url = knownThumbnail(hash) ?? (made?.hash === hash ? made.url : undefined);
  return url === undefined ? (
    <span class="picture" />
  ) : (
    <img class="picture" src={url} alt="" draggable={false} />
  );
}
