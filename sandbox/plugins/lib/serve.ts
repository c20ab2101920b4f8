import type { Provider } from "./provider.ts";
import { ProviderServer } from "./server.ts";

/** Runs a plugin's process: the engine gives its address as the last argument, and reads the port. */
export async function serve(provider: Provider): Promise<void> {
  const server = new ProviderServer(provider, process.argv.slice(2).at(-1), end);
  console.log(String(await server.listen()));

  // The engine ends a plugin with SIGINT, and with SIGKILL five seconds later. The listeners stay:
  // execa's own would raise the signal again as soon as it were the only one.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, end);

  async function end(): Promise<void> {
    await server.cancel();
    process.exit(0);
  }
}
