import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { BuildError, type BuildRequest, build } from "../nix/build.ts";
import { NixError } from "../nix/cli.ts";
import { hostKeyAlgorithms } from "../ssh/host-key.ts";
import { findObstacle } from "../ssh/obstacle.ts";
import { nameOf } from "../ssh/reasons.ts";
import { everyHost, logInWith } from "../ssh/session.ts";
import { type Builder, machineLine } from "./machine-lines.ts";

export interface BuildersRequest extends BuildRequest {
  /** Those that may build; none for those of this computer's nix.conf. */
  readonly builders: readonly Builder[];
}

/**
 * Builds a derivation on other computers only, and brings its outputs here as {@link build} does.
 *
 * @throws {NixError} that says of each builder why it could not be used, if none could.
 */
export async function buildOnBuilders({ builders, ...request }: BuildersRequest): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "builders-"));
  try {
    const lines = await Promise.all(
      builders.map(async (builder, number) =>
        machineLine(builder, await linkKey(builder, join(folder, `key-${number}`))),
      ),
    );
    await writeFile(join(folder, "known_hosts"), builders.map(knownHosts).join(""));
    await writeFile(join(folder, "config"), sshConfig(builders, folder));
    await build({
      ...request,
      nixOptions: {
        "max-jobs": "0",
        ...(builders.length > 0 && { builders: lines.join(" ; ") }),
        ...request.nixOptions,
      },
      ...(builders.length > 0 && { environment: { NIX_SSHOPTS: `-F ${join(folder, "config")}` } }),
    });
  } catch (error) {
    if (!(error instanceof BuildError) || !error.reasons.some(isWithoutBuilder)) throw error;
    throw await explainBuilders(request.installable, builders, error);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function isWithoutBuilder(reason: string): boolean {
  return /unable to start any build/i.test(reason);
}

/** A link, for a path with white space cannot be in Nix's list of builders. */
async function linkKey({ keyFile }: Builder, link: string): Promise<string | undefined> {
  if (keyFile === "") return undefined;
  await symlink(pathOf(keyFile), link);
  return link;
}

function pathOf(keyFile: string): string {
  return resolve(keyFile.replace(/^~(?=\/)/, homedir()));
}

function knownHosts({ address, port, hostPublicKey }: Builder): string {
  return `${address},[${address}]:${port} ${hostPublicKey}\n`;
}

/** All that ssh reads; a Nix daemon, whose ssh it is where there is one, does not. */
function sshConfig(builders: readonly Builder[], folder: string): string {
  const hosts = builders.flatMap(({ address, port, hostPublicKey, keyFile }, number) => [
    `Host ${address}`,
    `  Port ${port}`,
    `  HostKeyAlgorithms ${hostKeyAlgorithms(hostPublicKey).join(",")}`,
    ...logInWith(keyFile === "" ? undefined : join(folder, `key-${number}`)),
  ]);
  return [...hosts, ...everyHost(join(folder, "known_hosts")), ""].join("\n");
}

async function explainBuilders(
  installable: string,
  builders: readonly Builder[],
  { reasons, cause }: BuildError,
): Promise<NixError> {
  const obstacles = (await Promise.all(builders.map(obstacleTo))).flat();
  const advice =
    obstacles.length > 0
      ? obstacles
      : ["Give builders the platform and the features that Nix names below, with build.builders."];
  return new NixError(
    `Building ${installable} failed: no builder could be used.\n${[...advice, "", ...reasons].join("\n")}\nMend it, then run \`pulumi up\` again: it carries on from here.`,
    { cause },
  );
}

async function obstacleTo(builder: Builder): Promise<string[]> {
  const { address, port, user, hostPublicKey, keyFile } = builder;
  const endpoint = { address, port, user, hostPublicKey };
  if (keyFile === "") return reasonOf(await findObstacle(endpoint));
  const path = pathOf(keyFile);
  try {
    const privateKey = await readFile(path, "utf8");
    return reasonOf(await findObstacle({ ...endpoint, privateKey, keyFile: path }));
  } catch (error) {
    return [
      `The key of the builder ${nameOf(builder)} cannot be used: ${(error as Error).message}`,
    ];
  }
}

function reasonOf(obstacle: Error | undefined): string[] {
  return obstacle ? [obstacle.message] : [];
}
