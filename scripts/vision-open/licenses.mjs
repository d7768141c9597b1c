// Licences of single files, by debian/copyright: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/

/** Public domain, CC0, CC BY and CC BY-SA. A file under several terms needs all of them to be among these. */
export function isOpen(license) {
  return license
    .split(" or ")
    .some((way) =>
      way.split(" and ").every((one) => /^(public-domain|CC0(-1\.0)?|CC-BY(-SA)?-\d\.\d)$/i.test(one.trim())),
    );
}

/** Returns the stanzas about files: { patterns, license, copyright }. The last one that matches a file counts. */
export function stanzasOf(text) {
  return text.split(/\n\s*\n/).flatMap((paragraph) => {
    const field = (name) =>
      new RegExp(`^${name}:[ \\t]*((?:.*)(?:\\n[ \\t]+.*)*)`, "m").exec(paragraph)?.[1]?.trim();
    const files = field("Files");
    if (files === undefined) return [];
    const patterns = files.split(/\s+/).map((glob) => {
      const pattern = glob
        .replace(/[.+^${}()|[\]\\]/g, "\\$&")
        .replace(/\*/g, ".*")
        .replace(/\?/g, ".");
      // Some packages ship as WebP what their copyright file names as JPEG or PNG.
      return new RegExp(`(^|/)${pattern.replace(/\\\.(jpe?g|png|webp)$/i, "\\.(jpe?g|png|webp)")}$`, "i");
    });
    const copyright = (field("Copyright") ?? "").replace(/\s+/g, " ");
    return [{ patterns, license: (field("License") ?? "").split("\n")[0], copyright }];
  });
}

/** Returns the stanza of a file, by its path or the end of it. */
export function stanzaOf(stanzas, path) {
  return stanzas.findLast(({ patterns }) => patterns.some((p) => p.test(path)));
}
