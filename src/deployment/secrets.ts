import type * as pulumi from "@pulumi/pulumi";
import { SecretFile } from "../../providers/secret-file.ts";
import type { SecretConfig } from "../config/secrets.ts";
import { type Machine, sshTargetOf } from "../machines/machine.ts";

export interface SecretsArgs {
  machine: Machine;
  secrets: readonly SecretConfig<pulumi.Output<string>>[];
  /** How long to wait for the machine to answer on SSH. */
  connectTimeoutSeconds: number;
  /** What has to be there before. */
  after: readonly pulumi.Resource[];
}

/** The stack's secrets on a machine, for what is to wait until they are there. */
export function placeSecrets({
  machine,
  secrets,
  connectTimeoutSeconds,
  after,
}: SecretsArgs): pulumi.Resource[] {
  return secrets.map(
    (secret) =>
      new SecretFile(
        `${machine.name}-secret-${secret.secretName}`,
        { ...secret, machineId: machine.id, target: sshTargetOf(machine), connectTimeoutSeconds },
        // A machine that goes takes its files along, whether it still answers or not.
        { dependsOn: [...after], ...(machine.resource && { deletedWith: machine.resource }) },
      ),
  );
}
