import { ProviderServer } from "./server.ts";

// The engine gives its address as the last argument, and reads the port from the first line.
const server = new ProviderServer(process.argv.slice(2).at(-1));
console.log(String(await server.listen()));

/** The engine ends a plugin with SIGINT, and with SIGKILL five seconds later. */
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, async () => {
    await server.cancel();
    process.exit(0);
  });
}
