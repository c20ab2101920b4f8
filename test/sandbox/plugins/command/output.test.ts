import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  CommandOutput,
  commandError,
  previousOutputVariables,
} from "../../../../sandbox/plugins/command/output.ts";
import type { Logging } from "../../../../sandbox/plugins/command/schemas.ts";
import { recordOperation } from "./operation.ts";

describe("CommandOutput", () => {
  it.each([
    ["", ""],
    ["a", "a"],
    ["a\n", "a"],
    ["a\n\n", "a\n"],
    ["\n", ""],
    ["a\r\n", "a\r"],
    [" a ", " a "],
  ])("takes one newline off the end: %j", (text, expected) => {
    const output = new CommandOutput("none", recordOperation());
    output.stdout.write(Buffer.from(text));
    expect(output.stdout.end()).toBe(expected);
  });

  it.each<[Logging | undefined, string[]]>([
    [undefined, ["status info: out", "status info: err"]],
    ["stdoutAndStderr", ["status info: out", "status info: err"]],
    ["stdout", ["status info: out"]],
    ["stderr", ["status info: err"]],
    ["none", []],
  ])("shows what logging asks for: %s", (logging, expected) => {
    const operation = recordOperation();
    const output = new CommandOutput(logging, operation);
    output.stdout.write(Buffer.from("out\n"));
    output.stderr.write(Buffer.from("err\n"));
    expect(operation.lines).toEqual(expected);
  });

  it("shows the same lines wherever the chunks are cut", () => {
    const text = fc.string({ unit: "binary" }).map((value) => value.replaceAll("\r", ""));
    fc.assert(
      fc.property(text, fc.infiniteStream(fc.integer({ min: 1, max: 5 })), (content, sizes) => {
        const operation = recordOperation();
        const output = new CommandOutput(undefined, operation);
        const bytes = Buffer.from(content);
        for (let start = 0; start < bytes.length; ) {
          const size = sizes.next().value;
          output.stdout.write(bytes.subarray(start, start + size));
          start += size;
        }
        const whole = bytes.toString();
        expect(output.stdout.end()).toBe(whole.replace(/\n$/, ""));
        const lines = whole.replace(/\n$/, "").split("\n");
        const shown = whole === "" ? [] : lines.map((line) => `status info: ${line}`);
        expect(operation.lines).toEqual(shown);
      }),
    );
  });

  it("keeps both streams in order for an error", () => {
    const output = new CommandOutput("none", recordOperation());
    output.stdout.write(Buffer.from("one\n"));
    output.stderr.write(Buffer.from("two\n"));
    output.stdout.write(Buffer.from("three\n"));
    expect(commandError("exit status 1", 'say "x"', output).message).toBe(
      'exit status 1: running "say \\"x\\"":\none\ntwo\nthree\n',
    );
  });
});

describe("previousOutputVariables", () => {
  it("has a variable for each stream that held something", () => {
    expect(previousOutputVariables(true, { stdout: "out", stderr: "" })).toEqual({
      PULUMI_COMMAND_STDOUT: "out",
    });
    expect(previousOutputVariables(true, { stdout: "", stderr: "err" })).toEqual({
      PULUMI_COMMAND_STDERR: "err",
    });
    expect(previousOutputVariables(false, { stdout: "out", stderr: "err" })).toEqual({});
  });
});
