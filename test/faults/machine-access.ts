import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { execa, type Options } from "execa";
import pRetry from "p-retry";
import { initProcess } from "../../sandbox/machines/machine-process.ts";
import type { MachinePaths } from "../../sandbox/machines/paths.ts";

export interface MachineFacts {
  /** Store path of the system that the machine runs. */
  readonly running: string;
  /** Store path of the system that it boots next. */
  readonly profile: string;
  /** What the service says that it runs on. */
  readonly answer: string;
}

/** A way into the machine that goes past its network, its SSH server and its firewall. */
export interface MachineAccess {
  /** Runs a shell script as root and gives what it prints. */
  run(script: string): Promise<string>;
  /** Waits until a shell condition holds, at most for five minutes. */
  until(condition: string): Promise<void>;
  /** Runs a command as a unit of this name, which holds what it holds until it is stopped. */
  hold(unit: string, command: string): Promise<AsyncDisposable>;
  /** Resets the machine, and waits until it has booted. */
  reboot(): Promise<void>;
  /** Waits until it has booted anew by itself. */
  rebooted(): Promise<void>;
  address(): Promise<string>;
  facts(): Promise<MachineFacts>;
}

export async function makeMachineAccess(paths: MachinePaths): Promise<MachineAccess> {
  const run = async (script: string, limit: Pick<Options, "timeout" | "killSignal"> = {}) => {
    const init = await initProcess(paths);
    if (init === undefined) throw new Error(`Machine ${paths.name} is down.`);
    const enter = [`--target=${init}`, "--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup"];
    const environment = ["env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root"];
    return (await execa("nsenter", [...enter, ...environment, "sh", "-c", script], limit)).stdout;
  };
  // Asked anew now and then: the machine may reboot meanwhile, which stops nsenter for good.
  const until = async (condition: string) => {
    const ends = Date.now() + 300_000;
    const script = `timeout 4 sh -c 'until ${condition}; do sleep 0.05; done'`;
    const attempt = () => run(script, { timeout: 8_000, killSignal: "SIGKILL" });
    for (let isMet = false; !isMet; ) {
      isMet = await attempt().then(
        () => true,
        async (error: Error) => {
          if (Date.now() > ends) throw error;
          await delay(50);
          return false;
        },
      );
    }
  };
  const address = async () => {
    const record = JSON.parse(await readFile(paths.record, "utf8")) as { address: string };
    return record.address;
  };
  const bootedSince = async (before: number | undefined) => {
    while ([before, undefined].includes(await initProcess(paths))) await delay(50);
    await until("systemctl is-active --quiet multi-user.target");
  };
  return {
    run: (script) => run(script),
    until,
    async hold(unit, command) {
      await run(`systemd-run --quiet --collect --unit ${unit} -- ${command}`);
      return { [Symbol.asyncDispose]: async () => void (await run(`systemctl stop ${unit}`)) };
    },
    address,
    async reboot() {
      const before = await initProcess(paths);
      // The command does not live to tell how it went.
      await run("systemctl reboot --force --force").catch(() => undefined);
      await bootedSince(before);
    },
    rebooted: async () => bootedSince(await initProcess(paths)),
    async facts() {
      const [links, answer] = await Promise.all([
        run("readlink -f /run/current-system /nix/var/nix/profiles/system"),
        answerOf(`http://${await address()}/healthz`),
      ]);
      const [running = "", profile = ""] = links.split("\n");
      return { running, profile, answer };
    },
  };
}

/** A service that has just been restarted takes a moment to listen. */
function answerOf(url: string): Promise<string> {
  return pRetry(async () => (await fetch(url, { signal: AbortSignal.timeout(10_000) })).text(), {
    retries: 600,
    minTimeout: 100,
    factor: 1,
    maxRetryTime: 60_000,
  }).then((text) => text.trim());
}
