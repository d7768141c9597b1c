import type { Platform } from "../../platform/platform.js";
import { remembered } from "../../platform/remember.js";
import { decodeVersion } from "./decode.js";
import { type DuplicateGroups, groupDuplicates, thumbnailSide } from "./duplicate-groups.js";

type Pictures = Parameters<typeof groupDuplicates>[0];

/** Cache name with the version of {@link groupDuplicates}: increase the number if its rules change. */
const name = "look-alikes-2";

/** Caches {@link groupDuplicates}: the result depends only on the images, their order and the decoder. */
export async function cachedDuplicates(platform: Platform, pictures: Pictures): Promise<DuplicateGroups> {
  const version = `${decodeVersion} ${thumbnailSide} ${await platform.pictures.version()}`;
  const input = [version].concat(pictures.map(({ sha256 }) => sha256));
  const isValid = (value: unknown): value is number[][] =>
    Array.isArray(value) && value.length === 2 && value.every((list) => isGrouping(list, pictures.length));
  const [exact, near] = await remembered(platform, name, input, isValid, () => {
    const found = groupDuplicates(pictures);
    return [Array.from(found.exact), Array.from(found.near)];
  });
  return { exact: Int32Array.from(exact!), near: Int32Array.from(near!) };
}

/** True if each entry is the lowest position of its group. */
function isGrouping(list: unknown, length: number): boolean {
  return (
    Array.isArray(list) &&
    list.length === length &&
    list.every((at, i) => Number.isInteger(at) && at >= 0 && at <= i && list[at] === at)
  );
}
