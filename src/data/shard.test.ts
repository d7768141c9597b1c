import { expect, test } from "vitest";
import { inShard, readShard } from "./shard.js";

test("the shards K/N divide all keys: each is in one of them", () => {
  const shards = ["1/3", "2/3", "3/3"].map(readShard);
  for (let key = 0; key < 30; key++) expect(shards.map((isIn) => isIn(key)).filter(Boolean)).toHaveLength(1);
});

test("the shards of samples divide them by id", () => {
  const items = Array.from({ length: 40 }, (_, i) => ({ id: `ant/${i}.png` }));
  const divided = ["1/2", "2/2"].flatMap((shard) => inShard(items, shard, "pictures"));
  expect(divided.map(({ id }) => id).sort()).toEqual(items.map(({ id }) => id).sort());
});

test.each(["0/3", "4/3", "3", "a/b"])("%s is no shard", (shard) => {
  expect(() => readShard(shard)).toThrow(
    expect.objectContaining({ kind: "OptionError", details: { option: "shard", value: shard } }),
  );
});

test("a shard without samples is an error that names the data", () => {
  expect(() => inShard([], "1/2", "pictures")).toThrow('no sample of "pictures" is in shard 1/2');
});
