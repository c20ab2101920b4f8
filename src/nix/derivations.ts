import { basename, dirname } from "node:path";
import { nixVersion, runNix } from "./cli.ts";

/** What a derivation says of itself. */
export interface Derivation {
  readonly drvPath: string;
  /** Store paths of its outputs, as far as they are known before it is built. */
  readonly outPaths: readonly string[];
  /** The same by the outputs' names. */
  readonly outputs: Readonly<Record<string, string>>;
  /** What it is built from: derivations with the names of the outputs that it takes of them. */
  readonly inputs: readonly DerivationInput[];
  /** What else it is built from: store paths that nothing builds. */
  readonly sources: readonly string[];
  /** What is no text, such as a list, is JSON. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface DerivationInput {
  readonly drvPath: string;
  readonly outputs: readonly string[];
}

interface Printed {
  readonly outputs: Readonly<Record<string, { readonly path?: string }>>;
  readonly inputDrvs?: PrintedInputs;
  readonly inputSrcs?: readonly string[];
  readonly inputs?: { readonly drvs?: PrintedInputs; readonly srcs?: readonly string[] };
  readonly env?: Readonly<Record<string, string>>;
  readonly structuredAttrs?: Readonly<Record<string, unknown>>;
}

/** Nix before 2.18 prints the outputs alone. */
type PrintedInputs = Readonly<
  Record<string, readonly string[] | { readonly outputs: readonly string[] }>
>;

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

/** Structured attributes; Nix before 2.32 prints them as one variable. */
function structuredIn({ structuredAttrs, env }: Printed): Record<string, string> {
  const attributes = structuredAttrs ?? JSON.parse(env?.__json ?? "{}");
  return Object.fromEntries(
    Object.entries<unknown>(attributes).map(([name, value]) => [
      name,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
}

/** Nix 2.32 and newer print names instead of paths, 2.33 and newer inside of `derivations`. */
function parse(printed: Readonly<Record<string, unknown>>, folder: string): Derivation[] {
  const inFolder = (path: string) => `${folder}/${basename(path)}`;
  const derivations = (printed.derivations ?? printed) as Readonly<Record<string, Printed>>;
  return Object.entries(derivations).map(([drvPath, derivation]) => {
    const { inputs = {}, inputDrvs = {}, inputSrcs = [] } = derivation;
    const known = Object.entries(derivation.outputs).flatMap(([name, { path }]) =>
      path ? [[name, inFolder(path)] as const] : [],
    );
    return {
      drvPath: inFolder(drvPath),
      outPaths: known.map(([, path]) => path),
      outputs: Object.fromEntries(known),
      inputs: Object.entries(inputs.drvs ?? inputDrvs).map(([path, wanted]) => ({
        drvPath: inFolder(path),
        outputs: "outputs" in wanted ? wanted.outputs : wanted,
      })),
      sources: (inputs.srcs ?? inputSrcs).map(inFolder),
      environment: { ...derivation.env, ...structuredIn(derivation) },
    };
  });
}
