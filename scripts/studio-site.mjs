// The static studio in a browser, without a server: requests of the page are answered from an exported folder.
import { join } from "node:path";
import { exportStudio } from "../dist/studio/export-node.js";

/**
 * Opens the start page of the studio in a context of its own.
 * @param folder empty folder for the exported studio
 */
export async function openStudioSite(browser, folder) {
  const site = join(folder, "studio-site");
  await exportStudio(site);
  const context = await browser.newContext({
    ...{ locale: "en-US", serviceWorkers: "block", viewport: { width: 1280, height: 760 } },
  });
  await context.route("http://localhost/**", (route) => {
    const { pathname } = new URL(route.request().url());
    return route.fulfill({
      path: join(site, pathname === "/" ? "index.html" : decodeURIComponent(pathname)),
    });
  });
  const page = await context.newPage();
  await page.goto("http://localhost/");
  return { context, page };
}
