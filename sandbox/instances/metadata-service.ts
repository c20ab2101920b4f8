// Runs in the network namespace of one instance and answers as EC2's instance metadata service
// (IMDSv2): node metadata-service.ts DESCRIPTION-FILE PORT. It prints a line when it listens.
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { InstanceDescription } from "./description.ts";

const address = "169.254.169.254";
const tokenHeader = "x-aws-ec2-metadata-token";
const tokens = new Map<string, number>();
const [file = "", port = ""] = process.argv.slice(2);

createServer((request, response) => {
  answer(request, response).catch((error: Error) => end(response, 500, error.message));
}).listen(Number(port), address, () => console.log("listening"));

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  // As it is now: addresses come and go while the machine runs.
  const instance = JSON.parse(await readFile(file, "utf8")) as InstanceDescription;
  if (instance.metadata.httpEndpoint === "disabled") return end(response, 403, "Forbidden");
  const path = (request.url ?? "").replace(/^\/(latest|\d{4}-\d\d-\d\d)\//, "").replace(/\/$/, "");
  if (path === "api/token") return issueToken(request, response);
  if (request.method !== "GET") return end(response, 405, "Method Not Allowed");
  const token = request.headers[tokenHeader];
  const isValid = typeof token === "string" && (tokens.get(token) ?? 0) > Date.now();
  if (token === undefined ? instance.metadata.httpTokens === "required" : !isValid)
    return end(response, 401, "Unauthorized");
  const value = valuesOf(instance)[path];
  return value === undefined ? end(response, 404, "Not Found") : end(response, 200, value);
}

function issueToken(request: IncomingMessage, response: ServerResponse): void {
  const seconds = Number(request.headers[`${tokenHeader}-ttl-seconds`]);
  if (request.method !== "PUT") end(response, 405, "Method Not Allowed");
  else if (!(Number.isInteger(seconds) && seconds >= 1 && seconds <= 21_600))
    end(response, 400, "Bad Request");
  else {
    const token = randomBytes(32).toString("base64url");
    tokens.set(token, Date.now() + seconds * 1000);
    end(response, 200, token);
  }
}

function valuesOf(instance: InstanceDescription): Record<string, string | Buffer | undefined> {
  const { metadata, privateAddress, publicAddresses, userData } = instance;
  const hostName = `ip-${privateAddress?.replaceAll(".", "-")}.${metadata.region}.compute.internal`;
  return {
    "meta-data/instance-id": instance.id,
    "meta-data/ami-id": metadata.imageId,
    "meta-data/instance-type": metadata.instanceType,
    "meta-data/hostname": hostName,
    "meta-data/local-hostname": hostName,
    "meta-data/local-ipv4": privateAddress ?? undefined,
    "meta-data/public-ipv4": publicAddresses[0],
    "meta-data/placement/availability-zone": metadata.availabilityZone,
    "meta-data/placement/region": metadata.region,
    "meta-data/public-keys/0/openssh-key": metadata.publicKey ?? undefined,
    "user-data": userData === null ? undefined : Buffer.from(userData, "base64"),
    "dynamic/instance-identity/document": JSON.stringify({
      instanceId: instance.id,
      imageId: metadata.imageId,
      instanceType: metadata.instanceType,
      availabilityZone: metadata.availabilityZone,
      region: metadata.region,
      privateIp: privateAddress,
    }),
  };
}

function end(response: ServerResponse, status: number, body: string | Buffer): void {
  response.writeHead(status, { "content-type": "text/plain" }).end(body);
}
