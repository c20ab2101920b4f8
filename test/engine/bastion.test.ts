import { expect, test } from "vitest";
import * as sshKey from "../../providers/ssh-key.impl.ts";
import { connect } from "../../src/ssh/connection.ts";
import { startSshd } from "../sandbox/plugins/command/sshd.ts";
import { startUserAgent } from "../src/ssh/user-agent.ts";
import { answerOf, machinesOf } from "./machines.ts";
import { makeProject, type Project } from "./project.ts";

const otherPort = 2222;

/** The machine's sshd listens on another port, too: the sandbox itself asks at 22. */
async function listenOnOtherPort(project: Project): Promise<void> {
  await project.edit(
    "nix/modules/bootstrap.nix",
    "enable = true;",
    `enable = true;\n    ports = [ 22 ${otherPort} ];`,
  );
}

test("a user with sudo deploys through a bastion with an agent's key, then without any agent", async () => {
  const user = await sshKey.create({});
  const { publicKey, privateKey } = user.outs;
  const bastion = await startSshd({ authorizedKeys: [publicKey] });
  await using agent = await startUserAgent(privateKey);
  try {
    await using owner = await makeProject({ "iplz:authorizedKeys[0]": { value: publicKey } });
    await listenOnOtherPort(owner);
    expect((await owner.up()).error).toBeUndefined();
    const [machine] = await machinesOf(owner);
    const address = machine?.address ?? "";
    const hostPublicKey = (await owner.stack.exportStack()).deployment.resources.find(
      ({ urn }: { urn: string }) => urn.endsWith("::machine-1-host-key"),
    ).outputs.publicKey;
    await addUser({ address, hostPublicKey, privateKey, publicKey });

    const web = "iplz:hosts[0]";
    await using guest = await makeProject(
      {
        "iplz:machines": { value: "existing" },
        [`${web}.name`]: { value: "web" },
        [`${web}.address`]: { value: address },
        [`${web}.hostPublicKey`]: { value: hostPublicKey },
        [`${web}.user`]: { value: "deploy" },
        [`${web}.port`]: { value: String(otherPort) },
        [`${web}.proxyJump.address`]: { value: bastion.host },
        [`${web}.proxyJump.port`]: { value: String(bastion.port) },
        [`${web}.proxyJump.hostPublicKey`]: { value: bastion.hostKey.publicKey },
        "iplz:sshAgent": { value: "true" },
        "iplz:authorizedKeys[0]": { value: publicKey },
      },
      { SSH_AUTH_SOCK: agent.socket },
    );
    await listenOnOtherPort(guest);
    const deployed = await guest.up();
    expect(deployed.error).toBeUndefined();
    expect(deployed.steps).toMatchObject({
      "Command web-copy": "create",
      "Command web-activation": "create",
    });
    expect(bastion.logins()).toBeGreaterThan(1);
    expect(await answerOf((await machinesOf(guest))[0])).toMatch(/^\d+\.\d+\.\d+\.\d+\n$/);
    expect((await guest.up()).steps).toEqual({});

    // The agent ends and its socket stays; a key of the stack's own takes its place.
    await agent.kill();
    await guest.stack.setConfig("iplz:sshAgent", { value: "false" });
    await guest.stack.setConfig("iplz:privateKey", { value: privateKey, secret: true });
    const again = await guest.up();
    expect(again.error).toBeUndefined();
    expect(again.steps).toMatchObject({
      "Key key": "create",
      "Command web-copy": "update",
      "Command web-activation": "update",
    });
    expect((await guest.readState()).includes(agent.socket)).toBe(false);
  } finally {
    await bastion.stop();
  }
});

interface Way {
  readonly address: string;
  readonly hostPublicKey: string;
  readonly privateKey: string;
}

async function asRootOn(way: Way, command: string) {
  await using machine = await connect({ ...way, port: 22, user: "root" }, 60);
  return await machine.run(command);
}

async function addUser({ publicKey, ...way }: Way & { readonly publicKey: string }): Promise<void> {
  const { exitCode, stderr } = await asRootOn(
    way,
    "useradd --create-home --shell /bin/sh --password '*' deploy && " +
      "install -d -m 700 -o deploy -g deploy /home/deploy/.ssh && " +
      `echo '${publicKey}' > /home/deploy/.ssh/authorized_keys && ` +
      "echo 'deploy ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/deploy",
  );
  if (exitCode !== 0) throw new Error(`The user could not be made: ${stderr}`);
}
