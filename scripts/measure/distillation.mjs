// Does a teacher help? A small student on two sets, with and without a larger base as teacher: docs/distillation.json,
// one row per draw and method.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { distill, train } from "../../dist/index.js";
import { realBases } from "./bases.mjs";
import { listOf } from "./subsets.mjs";

/** Training images per class; 20 more per class choose the epoch. */
const sets = { catdog: 100, hymenoptera: 60 };
const methods = ["soft", "soft,attention"];

const round = (x) => Number(x.toFixed(4));

/** Measures missing rows; each is written at once. @param onRow called after each, with all rows */
export async function measureDistillation({ folder, cache, file, only, seeds, threads, onRow }) {
  mkdirSync(cache, { recursive: true });
  const rows = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : [];
  const { "mobilenetv2-0.35": mobilenet } = realBases(folder);
  const common = threads ? { threads } : {};
  for (const seed of seeds)
    for (const [set, shots] of Object.entries(sets)) {
      const known = (method) =>
        rows.some((r) => r.set === set && r.seed === seed && r.method === method) ||
        !`${set}/${method}`.includes(only);
      if (methods.every(known)) continue;
      const list = await listOf(folder, cache, set, { seed, train: shots, validation: 20 });
      const [large, small] = [join(cache, "teacher-run"), join(cache, "student-run")];
      rmSync(large, { recursive: true, force: true });
      const teacher = await train(list, { ...mobilenet, ...common, seed, strategy: "probe", out: large });
      for (const method of methods.filter((name) => !known(name))) {
        rmSync(small, { recursive: true, force: true });
        const student = await distill(list, { ...common, teacher: large, method, seed, out: small });
        rows.push({
          set,
          method,
          seed,
          train: student.split.train,
          n: student.test.n,
          teacher: round(teacher.test.accuracy),
          without: round(student.baselines.without_teacher.test.accuracy),
          with: round(student.test.accuracy),
        });
        console.log(JSON.stringify(rows.at(-1)));
        writeFileSync(`${file}.tmp`, `[\n${rows.map((row) => `  ${JSON.stringify(row)}`).join(",\n")}\n]\n`);
        renameSync(`${file}.tmp`, file);
        onRow?.(rows);
      }
    }
  return rows;
}
