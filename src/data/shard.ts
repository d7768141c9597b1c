import { EngraftError } from "../core/errors.js";
import { hashString } from "../core/random.js";

/**
 * Returns whether a number is in a shard: the remainder of its division decides.
 * @param shard "3/20", the third of 20 @throws OptionError for another form
 */
export function readShard(shard: string): (key: number) => boolean {
  const [, own, all] = (/^(\d{1,6})\/(\d{1,6})$/.exec(shard) ?? []).map(Number) as [number, number?, number?];
  if (own === undefined || all === undefined || own < 1 || own > all)
    throw new EngraftError(
      "OptionError",
      `shard must be K/N with K from 1 to N, got ${JSON.stringify(shard)}`,
      { help: "--shard 3/20 is the third of 20 shares", details: { option: "shard", value: shard } },
    );
  return (key) => key % all === own - 1;
}

/** Returns the samples of a shard. Their ids decide, so that files need not be read. @throws DataError if there is none */
export function inShard<Item extends { readonly id: string }>(
  items: readonly Item[],
  shard: string,
  data: string,
): readonly Item[] {
  const isIn = readShard(shard);
  const own = items.filter(({ id }) => isIn(hashString(id)));
  if (own.length === 0) throw emptyShard(data, shard);
  return own;
}

/** Error for a shard without samples. */
export const emptyShard = (data: string, shard: string): EngraftError =>
  new EngraftError("DataError", `no sample of "${data}" is in shard ${shard}`, {
    help: "use fewer shards, or leave this one out: the others hold all samples",
  });
