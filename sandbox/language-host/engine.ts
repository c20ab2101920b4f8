import * as grpc from "@grpc/grpc-js";

/** Calls `onGone` once when the engine at `address` closes its end of the connection. */
export function watchEngine(address: string, onGone: () => void): void {
  const client = new grpc.Client(address, grpc.credentials.createInsecure());
  const channel = client.getChannel();
  waitForChange(channel.getConnectivityState(true));

  function waitForChange(known: grpc.connectivityState): void {
    channel.watchConnectivityState(known, Number.POSITIVE_INFINITY, () => {
      const now = channel.getConnectivityState(false);
      if (known === grpc.connectivityState.READY && now !== known) {
        client.close();
        onGone();
      } else {
        waitForChange(now);
      }
    });
  }
}
