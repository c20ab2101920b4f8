import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  /** What makes a package a Pulumi SDK: how to find the plugin that serves its resources. */
  readonly pulumi?: {
    readonly resource?: boolean;
    readonly name?: string;
    readonly version?: string;
    readonly server?: string;
    readonly parameterization?: {
      readonly name: string;
      readonly version: string;
      /** In base64. */
      readonly value: string;
    };
  };
}

export interface Dependency {
  readonly name: string;
  readonly version: string;
}

/** Every package that npm has installed for the program in `directory`. */
export function readInstalledManifests(directory: string): Manifest[] {
  const root = findRoot(directory);
  if (root === undefined) return [];
  return installedPaths(root)
    .map((path) => join(root, path, "package.json"))
    .filter((path) => existsSync(path))
    .map((path) => readJson<Manifest>(path));
}

/** The packages that the program's own package.json names, or all that are installed for it. */
export function listDependencies(directory: string, transitive: boolean): Dependency[] {
  const root = findRoot(directory);
  if (root === undefined) return [];
  const { dependencies, devDependencies } = readJson<Manifest>(join(root, "package.json"));
  const named = new Set(Object.keys({ ...dependencies, ...devDependencies }));
  return Object.entries(readLock(root))
    .map(([path, { version }]) => ({ path, name: path.replace(/^.*node_modules\//, ""), version }))
    .filter(({ path, name }) => transitive || (path === `node_modules/${name}` && named.has(name)))
    .map(({ name, version }) => ({ name, version }));
}

/** The version of the SDK that this language host serves. */
export function readSdkVersion(): string {
  return createRequire(import.meta.url)("@pulumi/pulumi/package.json").version;
}

/** npm's own account of what it installed; it is there from version 7 on. */
const lockPath = join("node_modules", ".package-lock.json");

function findRoot(directory: string): string | undefined {
  if (existsSync(join(directory, lockPath))) return directory;
  const parent = dirname(directory);
  return parent === directory ? undefined : findRoot(parent);
}

function installedPaths(root: string): string[] {
  return Object.keys(readLock(root));
}

function readLock(root: string): Record<string, { version: string }> {
  return readJson<{ packages: Record<string, { version: string }> }>(join(root, lockPath)).packages;
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, "utf8"));
}
