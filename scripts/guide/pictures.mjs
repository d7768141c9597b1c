// `npm run docs:pictures` makes the pictures of README and guide from real runs: the README's sample as a terminal, and parts of
// the reports of the guide's runs. ENGRAFT_GUIDE=FOLDER takes the runs that `npm run docs:guide` left there.
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import sharp from "sharp";
import { chromiumPath, ensureChromium } from "../browsers.mjs";
import { openStudioSite } from "../studio-site.mjs";
import { makeData } from "./make-data.mjs";
import { pages, prepare, root, samplesOf } from "./samples.mjs";

const images = join(root, "docs/images");
const text = (page) => readFileSync(join(root, page), "utf8");
const escaped = (line) => line.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

/** The README's sample as a terminal, 80 columns wide. */
function terminal({ commands, output }) {
  const lines = [`$ ${commands[0]}`, ...output.trimEnd().split("\n")];
  const [charWidth, lineHeight, margin] = [7.9, 19, 18];
  const width = Math.ceil(2 * margin + charWidth * Math.max(80, ...lines.map((line) => line.length)));
  const height = 2 * margin + 24 + lineHeight * lines.length;
  const spans = lines.map((line, i) => {
    const [, label, rest] = /^(\S+)?(.*)$/.exec(line);
    const y = margin + 24 + lineHeight * (i + 0.8);
    const first = label === undefined ? "" : `<tspan fill="#7dd3a8">${escaped(label)}</tspan>`;
    return `<text x="${margin}" y="${y.toFixed(1)}" xml:space="preserve">${first}${escaped(rest)}</text>`;
  });
  const dots = ["#ff5f57", "#febc2e", "#28c840"].map(
    (fill, i) => `<circle cx="${margin + 6 + 20 * i}" cy="${margin}" r="6" fill="${fill}"/>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="13" fill="#d7dce2" role="img" aria-label="A training in the terminal">
<rect width="100%" height="100%" rx="10" fill="#16191f"/>
${dots.join("\n")}
${spans.join("\n")}
</svg>
`;
}

/** Pictures of pages: the run, the file in it, and which part: by default the top, else the section with this heading. */
const parts = [
  { name: "report", run: "runs/verdict", height: 640 },
  { name: "mistakes", run: "runs/surfaces", section: /confusion matrix/i, height: 620 },
  { name: "worst", run: "runs/surfaces", section: /worst/i, height: 420 },
  { name: "comparison", run: "runs/compared", height: 760 },
];

async function shoot(browser, folder, { name, run, section, height }) {
  const page = await browser.newPage({ viewport: { width: 1000, height } });
  await page.goto(pathToFileURL(join(folder, run, "report.html")).href);
  let clip = { x: 0, y: 0, width: 1000, height };
  if (section !== undefined) {
    const box = await page
      .locator("section", { has: page.locator("h2", { hasText: section }) })
      .first()
      .boundingBox();
    clip = { ...box, height: Math.min(box.height, height) };
  }
  const png = await page.screenshot({ fullPage: true, clip });
  await write(name, png);
  await page.close();
}

/** The studio with its example pictures, and the prediction of a picture that it did not learn. */
async function shootStudio(browser, folder) {
  const { context, page } = await openStudioSite(browser, folder);
  await page.getByRole("button", { name: "Pictures of damaged surfaces" }).click();
  await page.getByText("cross-validated").waitFor({ timeout: 120_000 });
  const picture = join(root, "assets/demo/test/crack/000.jpg");
  await page.locator(".try input[type=file]").setInputFiles(picture);
  await page.locator(".try .bar").first().waitFor();
  await page.waitForTimeout(500);
  await write("studio", await page.screenshot());
  await context.close();
}

/** Writes a picture with few colours, as small as a page of text needs. */
const write = (name, png) =>
  sharp(png)
    .png({ palette: true, colours: name === "studio" ? 256 : 64, effort: 10 })
    .toFile(join(images, `${name}.png`));

ensureChromium();
const kept = process.env.ENGRAFT_GUIDE;
const folder = realpathSync(kept ?? mkdtempSync(join(tmpdir(), "engraft-guide-")));
if (!existsSync(join(folder, "messages.csv"))) await makeData(folder);
const samples = pages.flatMap((page) => samplesOf(page, text(page)));
const readme = samples.find(({ page }) => page === "README.md");
writeFileSync(join(images, "terminal.svg"), terminal(readme));
const asked = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: chromiumPath(),
  args: ["--no-sandbox", "--disable-gpu"],
});
try {
  for (const part of parts.filter(({ name }) => asked.length === 0 || asked.includes(name))) {
    prepare(part.run, folder, samples);
    await shoot(browser, folder, part);
    console.log(`docs/images/${part.name}.png`);
  }
  if (asked.length === 0 || asked.includes("studio")) {
    await shootStudio(browser, folder);
    console.log("docs/images/studio.png");
  }
} finally {
  await browser.close();
  if (kept === undefined) rmSync(folder, { recursive: true, force: true });
}
