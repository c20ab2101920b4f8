import { expect, test } from "vitest";
import { CopyLog } from "../../../src/nix/copy-log.ts";

const [first, second] = ["/nix/store/aaa-first", "/nix/store/bbb-second"];

function event(fields: object): string {
  return `@nix ${JSON.stringify(fields)}`;
}

function logOf(...lines: string[]): CopyLog {
  const log = new CopyLog();
  for (const line of lines) log.take(line);
  return log;
}

/** Asking what the other store lacks is an activity of the same type. */
const asking = [
  event({ action: "start", id: 1, level: 0, text: "", type: 103 }),
  event({ action: "stop", id: 1 }),
];
const begun = event({ action: "start", id: 2, level: 3, text: "copying 2 paths", type: 103 });
const start = (id: number, path: string) =>
  event({ action: "start", id, level: 3, type: 100, fields: [path, "local", "ssh://machine"] });
const stop = (id: number) => event({ action: "stop", id });

test("what Nix 2.26 tells gives bytes of bytes and paths of paths", () => {
  const log = logOf(
    ...asking,
    begun,
    event({ action: "result", id: 2, type: 106, fields: [100, 3000] }),
    event({ action: "result", id: 2, type: 105, fields: [0, 2, 1, 0] }),
    start(3, first),
    event({ action: "result", id: 3, type: 105, fields: [500, 1000, 0, 0] }),
    event({ action: "result", id: 3, type: 105, fields: [993, 1000, 0, 0] }),
    stop(3),
    start(4, second),
    event({ action: "result", id: 4, type: 105, fields: [200, 2000, 0, 0] }),
  );
  expect(log.progress).toEqual({ paths: 2, copied: [first], bytes: { done: 1200, all: 3000 } });
});

test("what Nix 2.8 tells gives the paths alone", () => {
  const log = logOf(...asking, begun, start(3, first), stop(3), start(4, second));
  expect(log.progress).toEqual({ paths: 2, copied: [first], bytes: undefined });
});

test("there is no progress where nothing is lacking", () => {
  const none = event({ action: "start", id: 2, level: 3, text: "copying 0 paths", type: 103 });
  expect(logOf(...asking, none, stop(2)).progress).toBeUndefined();
});

test("the words are those of ssh and of Nix, without its colours and its events", () => {
  const log = logOf(
    begun,
    "ssh: connect to host 127.0.0.1 port 22: Connection refused",
    event({ action: "msg", level: 0, msg: "\u001b[31;1merror:\u001b[0m cannot connect" }),
    event({ action: "msg", level: 5, msg: "not for people" }),
  );
  expect(log.words).toBe(
    "ssh: connect to host 127.0.0.1 port 22: Connection refused\nerror: cannot connect",
  );
});
