// The Debian packages (bookworm) that the pictures come from. `in`: folder of the pictures in debian/copyright.
export const packages = [
  {
    name: "gcompris-qt-data",
    version: "3.1-2",
    sha256: "e9cf06ab2105529068df73085784e835d2ff03f870d2a8091f09125d40abac9f",
    source: "https://gcompris.net",
  },
  {
    name: "lomiri-wallpapers-16.04",
    version: "20.04.0-2",
    sha256: "a99ff6a3bfe451e4cc0682ecb3cc82e71740626d59e4845ae34a0a0e45421eab",
    in: "16.04",
    source: "https://gitlab.com/ubports",
  },
  {
    name: "lomiri-wallpapers-20.04",
    version: "20.04.0-2",
    sha256: "d44e89b8473aafe64a5b678f014862dc31335aaaf18665c544d985d854f1a709",
    in: "20.04",
    source: "https://gitlab.com/ubports",
  },
  {
    name: "ukui-wallpapers",
    version: "20.04.3-1.1",
    sha256: "6d49be70152e6d603163458e177e501deb0be8f2916389ccbfcf59b0d7fc0262",
    source: "https://github.com/ukui/ukui-wallpapers",
  },
  {
    name: "openclipart-png",
    version: "1:0.18+dfsg-19",
    sha256: "f07f1545a2970c2cf3fa339bc2405da1a95cf2b1827bfa05bf73eb1c20291c02",
    source: "http://www.openclipart.org",
    /** The package has one dedication for all files, not in the machine-readable form. */
    license: "public-domain",
    without: /\/(shapes|signs_and_symbols|computer|special|unsorted\/duplicates|.*icons?)\//,
  },
  {
    name: "unknown-horizons",
    version: "2019.1-6",
    sha256: "ff49ea196d0f57c80d4cd4509c030240cbe632881f8c5b2a1265dd3e3795f100",
    source: "https://github.com/unknown-horizons/unknown-horizons",
    /** The same house from all sides, and frames of a motion: two of each folder are enough. */
    perFolder: 2,
    without: /\/(gui|fonts|cursors)\//,
  },
];
