import { connect } from "node:net";

/** Whether a connection is accepted ("open"), refused ("ECONNREFUSED"), or not answered within a second. */
export function knock(host: string, port: number): Promise<string> {
  return new Promise((answer) => {
    const socket = connect({ host, port, timeout: 1000 });
    socket.once("connect", () => socket.destroy() && answer("open"));
    socket.once("timeout", () => socket.destroy() && answer("no answer"));
    socket.once("error", ({ code }: NodeJS.ErrnoException) => answer(code ?? ""));
  });
}
