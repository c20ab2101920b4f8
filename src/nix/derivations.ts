import { basename, dirname } from "node:path";
import { nixVersion, runNix } from "./cli.ts";

/** What a derivation says of itself. */
export interface Derivation {
  readonly drvPath: string;
  /** Store paths of its outputs, as far as they are known before it is built. */
  readonly outPaths: readonly string[];
  readonly inputDrvs: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

interface Printed {
  readonly outputs: Readonly<Record<string, { readonly path?: string }>>;
  readonly inputDrvs?: object;
  readonly inputs?: { readonly drvs?: object };
  readonly env?: Readonly<Record<string, string>>;
  readonly structuredAttrs?: Readonly<Record<string, unknown>>;
}

/** Many derivations make many words on one command line, which the kernel limits. */
const AT_ONCE = 2_000;

/** Reads derivations that are in this computer's store; what they are made of is not read. */
export async function readDerivations(drvPaths: readonly string[]): Promise<Derivation[]> {
  const [major, minor] = await nixVersion();
  const command = major === 2 && minor < 10 ? ["show-derivation"] : ["derivation", "show"];
  const found: Derivation[] = [];
  for (let from = 0; from < drvPaths.length; from += AT_ONCE) {
    const some = drvPaths.slice(from, from + AT_ONCE);
    const folder = dirname(some[0] ?? "");
    found.push(...parse(JSON.parse(await runNix([...command, ...some])), folder));
  }
  return found;
}

/** Structured attributes that are texts; Nix before 2.32 prints them as one variable. */
function textsIn({ structuredAttrs, env }: Printed): Record<string, string> {
  const attributes = structuredAttrs ?? JSON.parse(env?.__json ?? "{}");
  return Object.fromEntries(
    Object.entries<unknown>(attributes).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string",
    ),
  );
}

/** Nix 2.32 and newer print names instead of paths, 2.33 and newer inside of `derivations`. */
function parse(printed: Readonly<Record<string, unknown>>, folder: string): Derivation[] {
  const inFolder = (path: string) => `${folder}/${basename(path)}`;
  const derivations = (printed.derivations ?? printed) as Readonly<Record<string, Printed>>;
  return Object.entries(derivations).map(([drvPath, derivation]) => ({
    drvPath: inFolder(drvPath),
    outPaths: Object.values(derivation.outputs).flatMap(({ path }) =>
      path ? [inFolder(path)] : [],
    ),
    inputDrvs: Object.keys(derivation.inputs?.drvs ?? derivation.inputDrvs ?? {}).map(inFolder),
    environment: { ...derivation.env, ...textsIn(derivation) },
  }));
}
