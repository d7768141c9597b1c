// Pictures by camera with the library itself: from the start page to a model that Node opens, and a project that the other home opens.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { unzipSync } from "fflate";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { load } from "../../src/index.js";
import type { ImageModel } from "../../src/inference/image-model.js";
import { hashesOf, unpackProject } from "../../src/studio/project-zip.js";
import { serveStudio } from "../../src/studio/server-node.js";
import { launchChromium } from "../support/chromium.js";
import { redAndBlue } from "../web/film.js";
import type { Site } from "../web/site.js";
import { startStudioSite, watchFaults } from "./studio-tab.js";
import { best, card, cameraFlags, openPictures, picturesOf, record, tryPart } from "./try-flow.js";
