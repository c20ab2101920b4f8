import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, realpath, rename, stat, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { runNix } from "./cli.ts";
import type { Description } from "./explain.ts";
import { sourceFingerprint } from "./source-fingerprint.ts";

export interface Question {
  /** The flake and those that replace inputs of it, by name. */
  readonly flakes: Readonly<Record<string, string>>;
  /** All else that the answer depends on, as plain data. */
  readonly request: unknown;
}

export interface Answer {
  readonly descriptions: readonly Description[];
  /** Whether the evaluation could see nothing but the flakes. */
  readonly pure: boolean;
}

const folder = join(".nix", "evaluations");

/**
 * The answer of an earlier evaluation of the very same source by the very same Nix, or a new one, which
 * is kept for the next time. Nothing is kept that could be another answer tomorrow: of an impure
 * evaluation, of a branch somewhere else, or of a flake whose lock file does not name all its inputs.
 */
export async function recallOrEvaluate(
  question: Question,
  evaluate: () => Promise<Answer>,
): Promise<readonly Description[]> {
  const [file, source] = await Promise.all([fileOf(question), fingerprint(question)]);
  const kept = source && (await recall(file, source));
  if (kept) return kept;
  const { descriptions, pure } = await evaluate();
  // The next step waits for the answer only. The process ends when this is done, too.
  if (source && pure) void keep(question, file, source, descriptions).catch(() => undefined);
  return descriptions;
}

async function recall(file: string, source: string): Promise<Description[] | undefined> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const kept = JSON.parse(text) as { source: string; descriptions: Description[] };
  return kept.source === source && kept.descriptions.every(isInStore)
    ? kept.descriptions
    : undefined;
}

/** A derivation that Nix has collected since is there again only after an evaluation. */
function isInStore(description: Description): boolean {
  return description.kind === "derivation" && existsSync(description.drv);
}

async function keep(
  question: Question,
  file: string,
  source: string,
  descriptions: readonly Description[],
): Promise<void> {
  if (!descriptions.every(isInStore)) return;
  for (const flake of Object.values(question.flakes)) await requireWholeLock(flake);
  // Whoever edits meanwhile may have had the new source evaluated.
  if ((await fingerprint(question)) !== source) return;
  await mkdir(folder, { recursive: true });
  const partial = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  await writeFile(partial, JSON.stringify({ source, descriptions }));
  await rename(partial, file);
}

/** Nix refuses here a flake with an input that it would look up anew each time. */
async function requireWholeLock(flake: string): Promise<void> {
  await runNix(["flake", "metadata", "--json", "--no-update-lock-file", flake]);
}

/** What cannot be read is left to Nix, which has the words for it. */
async function fingerprint({ flakes }: Question): Promise<string | undefined> {
  const sources = await Promise.all(
    Object.values(flakes).map((flake) =>
      sourceFingerprint(flake, process.cwd()).catch(() => undefined),
    ),
  );
  return sources.includes(undefined) ? undefined : sources.join(" ");
}

/** One file for each question, so that an edit takes the place of what was before it. */
async function fileOf(question: Question): Promise<string> {
  const settings = Object.entries(process.env).filter(([name]) => name.startsWith("NIX_"));
  const identity = JSON.stringify([question, await nixIdentity(), settings.sort()]);
  return join(folder, `${createHash("sha256").update(identity).digest("hex")}.json`);
}

/** Which `nix` there is, told without starting it, and what its own files set. */
async function nixIdentity(): Promise<unknown> {
  const [path] = (process.env.PATH ?? "")
    .split(delimiter)
    .map((entry) => join(entry, "nix"))
    .filter((candidate) => existsSync(candidate));
  if (path === undefined) return undefined;
  const { size, mtimeMs } = await stat(path);
  const home = process.env.XDG_CONFIG_HOME ?? join(process.env.HOME ?? "", ".config");
  const files = ["/etc/nix/nix.conf", join(home, "nix", "nix.conf")];
  const texts = files.map((file) => readFile(file, "utf8").catch(() => ""));
  return [await realpath(path), size, mtimeMs, ...(await Promise.all(texts))];
}
