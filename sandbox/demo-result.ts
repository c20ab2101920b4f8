// Tells what the last `pulumi up` changed and asks each machine of the selected stack for its page.
import { execa } from "execa";
import pRetry from "p-retry";

interface Machine {
  readonly name: string;
  readonly url: string;
}

const [changes, machines] = await Promise.all([lastChanges(), listMachines()]);
if (Object.keys(changes).every((operation) => operation === "same")) {
  console.log(`Nothing changed: all ${changes.same} resources are as they should be.`);
}
if (machines.length === 0) throw new Error("The stack's output `machines` is empty.");
for (const { url } of machines) console.log(`${url} answered ${await ask(url)}`);

async function lastChanges(): Promise<Record<string, number>> {
  const [last] = await pulumi(["stack", "history", "--json", "--page-size", "1"]);
  return last.resourceChanges;
}

function listMachines(): Promise<Machine[]> {
  return pulumi(["stack", "output", "--json", "machines"]);
}

async function pulumi(command: readonly string[]) {
  const { stdout } = await execa("pulumi", command, { stderr: "inherit" });
  return JSON.parse(stdout);
}

/** Asks for up to half a minute: a service that has just been restarted may not listen yet. */
function ask(url: string): Promise<string> {
  return pRetry(
    async () => {
      const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
      if (!response.ok) throw new Error(`${url} answered with status ${response.status}.`);
      return (await response.text()).trim();
    },
    { retries: 30, minTimeout: 100, maxTimeout: 1_000 },
  );
}
