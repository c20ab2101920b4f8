import { readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import type { Derivation } from "../derivations.ts";
import { parsePackageName } from "./packages.ts";

/** Names of what a NixOS system has that a machine takes over when it boots, and not before. */
const links = ["kernel", "initrd", "kernel-modules"] as const;
const PARAMETERS = "kernel-params";

/**
 * Of those parts that the system has: what a link leads to, as HASH-NAME of a store path, and the text
 * of the kernel's parameters.
 */
export type BootParts = Readonly<Record<string, string>>;

/** Those of a built system; none of what runs on another's kernel, such as a container. */
export async function readBootParts(system: string): Promise<BootParts> {
  const entries = await Promise.all([
    ...links.map((part) =>
      orNone(readlink(join(system, part)).then((target) => [part, target] as const)),
    ),
    orNone(readFile(join(system, PARAMETERS), "utf8").then((text) => [PARAMETERS, text] as const)),
  ]);
  return bootPartsOf(entries.flat());
}

/** Those of a system that is not built, as far as the commands of its derivation tell. */
export function plannedBootParts({ environment }: Derivation): BootParts {
  const { buildCommand = "", kernelParams } = environment;
  const linked = links.flatMap((part) => {
    const target = new RegExp(`^\\s*\\S*ln -s (\\S+) \\$out/${part}$`, "m").exec(buildCommand)?.[1];
    return target === undefined ? [] : [[part, target] as const];
  });
  const parameters =
    kernelParams === undefined ? [] : [[PARAMETERS, wordsIn(kernelParams)] as const];
  return bootPartsOf([...linked, ...parameters]);
}

/** Puts together what is known of a system's parts: what links lead to, and the text of parameters. */
export function bootPartsOf(entries: readonly (readonly [string, string])[]): BootParts {
  return Object.fromEntries(
    entries.flatMap(([part, text]) => {
      const value = part === PARAMETERS ? text : /[a-z0-9]{32}-[^/]+/.exec(text)?.[0];
      return value ? [[part, value]] : [];
    }),
  );
}

/**
 * What is another after the next boot, in words: the kernel with its versions, or what else; a change of
 * kernel brings the others with it. NixOS's own upgrades reboot for the same.
 */
export function compareBootParts(before: BootParts, after: BootParts): string[] {
  const isChanged = (part: string) =>
    before[part] !== undefined && after[part] !== undefined && before[part] !== after[part];
  const { kernel = "" } = before;
  if (isChanged("kernel")) return [describeKernel(kernel, after.kernel ?? "")];
  return [...links, PARAMETERS].filter(isChanged).map((part) => words[part] ?? part);
}

const words: Readonly<Record<string, string>> = {
  initrd: "initial RAM disk",
  "kernel-modules": "kernel modules",
  [PARAMETERS]: "kernel parameters",
};

function describeKernel(before: string, after: string): string {
  const [old, now] = [before, after].map((each) => parsePackageName(each.slice(33)));
  if (old?.name !== now?.name) return `${before.slice(33)} → ${after.slice(33)}`;
  const version = old?.version === now?.version ? "rebuilt" : `${old?.version} → ${now?.version}`;
  return `${now?.name} ${version}`;
}

/** A list is JSON in a derivation with structured attributes. */
function wordsIn(kernelParams: string): string {
  return kernelParams.startsWith("[") ? JSON.parse(kernelParams).join(" ") : kernelParams;
}

async function orNone<T>(entry: Promise<T>): Promise<T[]> {
  return entry.then(
    (found) => [found],
    () => [],
  );
}
