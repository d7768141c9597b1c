import { afterEach, expect, test, vi } from "vitest";
import type { EpochEvent } from "../core/events/events.js";
import { epochValidation } from "../core/results/metric.js";
import { commandHelp } from "./options/help.js";
import { type CommandName, commands } from "./options/options.js";
import { epochHeader, epochRow } from "./render/epoch-table.js";
import { columnsOf, labelled } from "./render/labelled.js";
import { tableLines } from "./render/table-lines.js";
import { lineWidth, shown, showsUnicode, tabbed, terminalColumns } from "./terminal-text.js";

afterEach(() => vi.unstubAllEnvs());

test("COLUMNS comes first, then what the terminal reports; 0 columns are none", () => {
  expect(terminalColumns({ COLUMNS: "40" }, [{ columns: 100 }])).toBe(40);
  expect(terminalColumns({}, [{ columns: 0 }, { columns: 100 }])).toBe(100);
  for (const COLUMNS of ["", "0", "-4", "wide", "12.5"])
    expect(terminalColumns({ COLUMNS }, [{}])).toBe(undefined);
});

test("text is at most 80 columns wide, and at least 30", () => {
  const widths = ["200", "80", "40", "5"].map((columns) => {
    vi.stubEnv("COLUMNS", columns);
    return lineWidth();
  });
  expect(widths).toEqual([80, 80, 40, 30]);
});

test("the first of LC_ALL, LC_CTYPE and LANG decides about Unicode; without them only Windows' console has none", () => {
  const cases: readonly (readonly [NodeJS.ProcessEnv, boolean])[] = [
    [{ LANG: "C" }, false],
    [{ LANG: "en_US.UTF-8", LC_ALL: "POSIX" }, false],
    [{ LANG: "C", LC_CTYPE: "C.utf8" }, true],
    [{ LANG: "de_DE.ISO-8859-1" }, false],
    [{ LC_ALL: "", LANG: "zh_CN.UTF-8" }, true],
    [{}, true],
  ];
  for (const [env, unicode] of cases) expect(showsUnicode(env, "linux"), JSON.stringify(env)).toBe(unicode);
  expect(showsUnicode({}, "win32")).toBe(false);
  expect(showsUnicode({ WT_SESSION: "1" }, "win32")).toBe(true);
});

test("without Unicode, signs are written in ASCII and the user's characters stay", () => {
  expect(shown("F1 ≥ 0.5 ± 0.1 – R² × 3 … “a” → b", false)).toBe('F1 >= 0.5 +/- 0.1 - R2 x 3 ... "a" -> b');
  expect(shown("猫 café ≤ 1", false)).toBe("猫 café <= 1");
  expect(shown("± – …", true)).toBe("± – …");
});

test("what a terminal would obey is shown as an escape, and other characters stay", () => {
  expect(shown("\u001b[2J\u001b]0;owned\u0007red", true)).toBe("\\x1b[2J\\x1b]0;owned\\x07red");
  expect(shown("a\nhelp: b\r\u007f\u009b31m\u2028", true)).toBe("a\\nhelp: b\\r\\x7f\\x9b31m\\u2028");
  expect(shown("gpj.\u202eexe \u2066x\u2069", true)).toBe("gpj.\\u202eexe \\u2066x\\u2069");
  const plain = "tab\tC:\\new 猫 é عربي \u{1f469}\u200d\u{1f52c}";
  expect(shown(plain, true)).toBe(plain);
  expect(tabbed(["a\tb", "0.5"])).toBe("a\\tb\t0.5");
});

test("columns are aligned after signs were replaced", () => {
  vi.stubEnv("LC_ALL", "C");
  expect(tableLines(["size", "gain"], [["1,000", "1.5 ± 0.2"]], { left: 1 })).toEqual([
    "size          gain",
    "1,000  1.5 +/- 0.2",
  ]);
});

test("a table that is wider than the terminal becomes a list", () => {
  const header = ["", "strategy", "test accuracy", "seconds"];
  const rows = [
    ["*", "lora", "98.1 ± 1.2 %", "12.1"],
    ["", "probe", "", "1.0"],
  ];
  vi.stubEnv("COLUMNS", "42");
  expect(tableLines(header, rows, { left: 2 })).toEqual([
    "   strategy  test accuracy  seconds",
    "*  lora       98.1 ± 1.2 %     12.1",
    "   probe                        1.0",
  ]);
  vi.stubEnv("COLUMNS", "30");
  expect(tableLines(header, rows, { left: 2 })).toEqual([
    "* lora",
    "  test accuracy 98.1 ± 1.2 %",
    "  seconds 12.1",
    "probe",
    "  seconds 1.0",
  ]);
  expect(
    tableLines(["class", "precision", "recall"], [["crack", "0.912", "0.800"]], { left: 1, indent: 9 }),
  ).toEqual(["class crack", "  precision 0.912", "  recall 0.800"]);
});

test("at 40 columns a label's text is wrapped at spaces, and epochs show what matters", () => {
  vi.stubEnv("COLUMNS", "40");
  expect(labelled("data", "255 train, 45 validation, 300 test: test as given")).toEqual([
    "data       255 train, 45 validation,",
    "           300 test: test as given",
  ]);
  const epoch: EpochEvent = {
    event: "epoch",
    stage: "finetune",
    epoch: 10,
    of: 20,
    train_loss: 0.5,
    ...epochValidation("accuracy", { score: 0.8125, loss: 0.4 }),
    rate: 0.01,
    seconds: 1.25,
    best: true,
  };
  expect([epochHeader(epoch), epochRow(epoch)]).toEqual([
    " epoch  val accuracy    time",
    " 10/20        81.3 %   1.3 s  best",
  ]);
});

test("help fits into 40 columns", () => {
  vi.stubEnv("COLUMNS", "40");
  const groups = (Object.keys(commands) as CommandName[]).flatMap((name) => {
    const text = commandHelp(name, "all").split("\n");
    return text.slice(text.indexOf("Options of every command"));
  });
  const long = groups.filter((line) => columnsOf(line) > 40 && line.trim().includes(" "));
  expect(long).toEqual([]);
});
