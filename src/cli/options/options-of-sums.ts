import { optionsOfExtend, optionsOfSums } from "../../regimes/extend/options.js";
import { command } from "./command-spec.js";
import { flag, nameList, words } from "./fields.js";
import { flagsFor } from "./train-flags.js";

export const sums = command({
  name: "sums",
  group: "train",
  summary: "add up the features of samples, for a model of several holders or shards",
  usage: "<data> --out FILE",
  least: 1,
  most: 1,
  options: {
    out: words("file of feature sums to write", "FILE"),
    shard: words("a share of the samples: 3/20 is the third of 20", "K/N", "all samples"),
    share: flag("refuse classes with fewer than 5 samples: for a file that goes to somebody else"),
    ...flagsFor(optionsOfSums, ["out", "test"]),
  },
  examples: [
    "engraft sums ./photos --base vision-open --out photos.sums",
    "engraft sums ./photos --shard 3/20 --out photos-3.sums",
  ],
});

export const extend = command({
  name: "extend",
  group: "train",
  summary: "add samples, classes or other holders' feature sums to a model, or take them out",
  usage: "<first> [more...]",
  least: 1,
  most: Number.POSITIVE_INFINITY,
  options: {
    without: nameList("feature sums, runs or data to take out", "PATH,..."),
    forget: nameList("classes to take out", "CLASS,..."),
    test: words("labelled data that only score the model", "DATA", "the test splits of the sources"),
    joint: flag("also train a linear probe on the samples of all sources, and compare"),
    ...flagsFor(optionsOfExtend, ["test"]),
  },
  examples: [
    "engraft extend a.sums b.sums --test ./held-out --out runs/joint",
    "engraft extend runs/joint ./new-birds --out runs/more-birds",
    "engraft extend runs/more-birds --forget sparrow",
    "engraft extend runs/joint --without b.sums",
  ],
});
