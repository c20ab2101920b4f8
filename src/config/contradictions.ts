import { isDeepStrictEqual } from "node:util";
import { activation } from "./activation.ts";
import type { PlainConfig } from "./schema.ts";

/** What the rules need to know beside the values. */
export interface Surroundings {
  readonly project: string;
  readonly hasPrivateKey: boolean;
  readonly hasSecrets: boolean;
  /** `aws:region`, or what stands for it in the environment. */
  readonly awsRegion: string | undefined;
}

/** Values that are each right and do not go together, as faults: key, what is wrong, what to do. */
export function findContradictions(config: PlainConfig, around: Surroundings): string[] {
  return [
    ...aboutHosts(config, around),
    ...(config.strategy === "image" ? aboutActivation(config) : aboutReboot(config)),
    ...aboutImages(config, around),
    ...aboutBuild(config),
    ...aboutRollout(config),
    ...(config.machines === "aws" ? aboutEc2(config, around) : aboutElsewhere(config)),
  ];
}

function aboutHosts(config: PlainConfig, { project, hasPrivateKey }: Surroundings): string[] {
  const faults: string[] = [];
  if (config.machines === "existing") {
    if (config.hosts.length === 0)
      faults.push("hosts: is empty, but machines is existing: name them");
    if (config.count !== 1) faults.push("count: is for machines that the stack makes: remove it");
    if (!hasPrivateKey && !config.sshAgent) {
      faults.push(
        "privateKey: is not set, but existing machines do not know a key that the stack would make. " +
          `Run: pulumi config set --secret ${project}:privateKey < KEYFILE; or, for the keys of your ` +
          `ssh-agent: pulumi config set ${project}:sshAgent true`,
      );
    }
    if (hasPrivateKey && config.sshAgent)
      faults.push("sshAgent: is true, but privateKey is set, too: remove one of the two");
  } else {
    if (config.hosts.length > 0)
      faults.push(`hosts: is for machines: existing, but machines is ${config.machines}`);
    if (config.sshAgent)
      faults.push(`sshAgent: is for machines: existing, but machines is ${config.machines}`);
  }
  return faults;
}

function aboutActivation(config: PlainConfig): string[] {
  const given: Record<string, boolean> = {
    activation: !isDeepStrictEqual(config.activation, activation.parse({})),
    healthChecks: config.healthChecks.length > 0,
  };
  return Object.keys(given)
    .filter((key) => given[key])
    .map((key) => `${key}: is for strategy live; an image stack activates nothing: remove it`);
}

function aboutReboot({ activation: { mode, reboot } }: PlainConfig): string[] {
  const faults: string[] = [];
  if (reboot && mode !== "boot") {
    faults.push(
      `activation.reboot: is for mode boot, but activation.mode is ${mode}: set it to boot, or remove reboot`,
    );
  }
  return faults;
}

function aboutImages(config: PlainConfig, { hasSecrets }: Surroundings): string[] {
  const faults: string[] = [];
  if (config.strategy === "image") {
    if (config.machines !== "aws") {
      faults.push(
        `strategy: image makes a machine from an AMI, but machines is ${config.machines}: ` +
          "set machines to aws, or strategy to live",
      );
    }
    if (config.baseImage !== "built")
      faults.push("baseImage: is for strategy live; an image stack builds its own: remove it");
    if (config.sshCidrs.length > 0 && config.authorizedKeys.length === 0) {
      faults.push(
        "sshCidrs: opens the SSH port, but authorizedKeys is empty, so nobody could log in: set both, or none",
      );
    }
    if (hasSecrets) {
      faults.push(
        "secrets: are brought to live machines over SSH, but strategy is image: remove them, or set " +
          "strategy to live",
      );
    }
    if (config.replaceMachines)
      faults.push("replaceMachines: is for strategy live; an image stack always does: remove it");
    if (config.system !== "") {
      faults.push(
        "system: is for strategy live; an image stack deploys a former AMI by image: remove it",
      );
    }
    if (config.rollout.maxParallel > 0 || config.rollout.canaries > 0)
      faults.push("rollout: is for strategy live; an image stack activates nothing: remove it");
  } else {
    if (config.image !== "")
      faults.push("image: is for strategy image, but strategy is live: remove it");
    if (config.retainImages > 0)
      faults.push("retainImages: is for strategy image, but strategy is live: remove it");
  }
  return faults;
}

function aboutBuild({ build, strategy }: PlainConfig): string[] {
  const faults: string[] = [];
  if (build.on === "machine" && strategy === "image") {
    faults.push(
      "build.on: is machine, but an image is built before there is a machine of it: set it to deployer or builders",
    );
  }
  if (build.on !== "builders" && build.builders.length > 0) {
    faults.push(
      `build.builders: are for build.on: builders, but build.on is ${build.on}: set it to builders, or remove them`,
    );
  }
  return faults;
}

function aboutRollout({ machines, hosts, count, rollout, strategy }: PlainConfig): string[] {
  const all = machines === "existing" ? hosts.length : count;
  if (strategy === "image" || rollout.canaries === 0 || rollout.canaries < all) return [];
  return [
    `rollout.canaries: is ${rollout.canaries}, but there are ${all} machines in all, so that none would ` +
      "wait for them: take fewer",
  ];
}

function aboutEc2(config: PlainConfig, { awsRegion }: Surroundings): string[] {
  const faults: string[] = [];
  if (awsRegion === undefined)
    faults.push(
      "machines: is aws, but there is no region. Run: pulumi config set aws:region REGION",
    );
  if (config.strategy === "live" && config.sshCidrs.length === 0) {
    faults.push(
      "sshCidrs: is empty, but live machines are deployed to over SSH. Set it to your own address, " +
        'which `curl https://checkip.amazonaws.com` prints: ["ADDRESS/32"]',
    );
  }
  const needed = architectureOf(config.instanceType);
  const given = config.platform === "aarch64-linux" ? "arm64" : "x86_64";
  if (needed !== given) {
    faults.push(
      `instanceType: ${config.instanceType} is ${needed}, but platform is ${config.platform}: ` +
        `take one such as ${given === "arm64" ? "t4g.micro" : "t3.micro"}, or change platform`,
    );
  }
  return faults;
}

/** Keys that only EC2 heeds: silently ignored ones would promise what does not happen. */
function aboutElsewhere(config: PlainConfig): string[] {
  const given: Record<string, boolean> = {
    sshCidrs: config.sshCidrs.length > 0,
    elasticIp: config.elasticIp,
    dataVolume: config.dataVolume !== undefined,
    baseImage: config.baseImage !== "built" && config.strategy === "live",
  };
  return Object.keys(given)
    .filter((key) => given[key])
    .map((key) => `${key}: is for machines: aws, but machines is ${config.machines}: remove it`);
}

/**
 * The processor of an instance type: AWS puts a `g` behind the generation of Graviton families
 * (https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html); a1 is older.
 */
function architectureOf(instanceType: string): "arm64" | "x86_64" {
  return /^(a1|[a-z-]+\d+[a-z-]*g[a-z-]*)\./.test(instanceType) ? "arm64" : "x86_64";
}
