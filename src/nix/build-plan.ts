import { type NixSettings, runNix } from "./cli.ts";
import { allOutputsOf } from "./store.ts";

/** What Nix would do to have a derivation's outputs here. */
export interface BuildPlan {
  /** Derivations to build, each after what it needs. */
  readonly build: readonly string[];
  /** Store paths to fetch. */
  readonly fetch: readonly string[];
  /** What Nix says of their size, such as `1.20 MiB download, 4.00 MiB unpacked`. */
  readonly fetchSize: string | undefined;
}

/** Asks Nix what it would build and fetch; does neither. */
export async function planBuild(drvPath: string, settings: NixSettings): Promise<BuildPlan> {
  const lines: string[] = [];
  await runNix(["build", "--dry-run", "--no-link", await allOutputsOf(drvPath)], {
    nixOptions: settings.nixOptions,
    onStderrLine: (line) => lines.push(line),
  });
  return parsePlan(lines);
}

/** Understands what `nix build --dry-run` prints: a heading that ends in a colon, and paths below it. */
export function parsePlan(lines: readonly string[]): BuildPlan {
  const build: string[] = [];
  const fetch: string[] = [];
  let fetchSize: string | undefined;
  let list: string[] | undefined;
  for (const line of lines) {
    const path = /^ +(\/\S+)$/.exec(line)?.[1];
    if (path) {
      list?.push(path);
    } else if (/ will be built:$/.test(line)) {
      list = build;
    } else if (/ will be fetched\b.*:$/.test(line)) {
      list = fetch;
      fetchSize = /\((.*)\):$/.exec(line)?.[1];
    } else {
      list = undefined;
    }
  }
  return { build, fetch, fetchSize };
}
