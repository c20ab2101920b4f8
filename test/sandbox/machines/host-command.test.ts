import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { runHostCommand } from "../../../sandbox/machines/host-command.ts";
import { processesWithArgument } from "../../../sandbox/machines/processes.ts";

test("a command gets its input and gives its output", async () => {
  expect(await runHostCommand("cat", ["-"], { input: "a\nb" })).toBe("a\nb");
});

test("a command that fails is shown with its own words", async () => {
  await expect(runHostCommand("ls", ["/no/such/folder"])).rejects.toThrow(
    "`ls /no/such/folder` failed (exit code 2):\nls: cannot access '/no/such/folder': No such file or directory",
  );
});

test("a command that is not installed is named, with who installs it", async () => {
  await expect(runHostCommand("no-such-command", [])).rejects.toThrow(
    "There is no `no-such-command` on this computer, which sandbox machines need. Run sandbox/setup.",
  );
});

test("a command ends when the process that called it is killed", async () => {
  // An argument by which this one can be told from all other processes.
  const seconds = `60.${process.pid}`;
  const module = join(import.meta.dirname, "../../../sandbox/machines/host-command.ts");
  const program = `
    import { runHostCommand } from ${JSON.stringify(module)};
    await runHostCommand("sleep", [${JSON.stringify(seconds)}]);
  `;
  const caller = execa(process.execPath, ["--input-type=module-typescript", "--eval", program], {
    reject: false,
  });
  const sleeping = () => processesWithArgument(seconds);
  await expect.poll(sleeping, { timeout: 20_000 }).toHaveLength(1);
  caller.kill("SIGKILL");
  await caller;
  await expect.poll(sleeping).toEqual([]);
});
