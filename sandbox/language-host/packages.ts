import pluginProto from "@pulumi/pulumi/proto/plugin_pb.js";
import { readInstalledManifests } from "./node-modules.ts";

/** The provider plugins that the installed packages say they need. */
export function listRequiredPackages(directory: string): pluginProto.PackageDependency[] {
  return readInstalledManifests(directory).flatMap(({ name, version, pulumi }) => {
    if (pulumi?.resource !== true) return [];
    const dependency = new pluginProto.PackageDependency()
      .setKind("resource")
      .setName(pulumi.name ?? name.replace(/^@pulumi\//, ""))
      .setVersion(`v${(pulumi.version ?? version).replace(/^v/, "")}`)
      .setServer(pulumi.server ?? "");
    if (pulumi.parameterization !== undefined) {
      const { name, version, value } = pulumi.parameterization;
      dependency.setParameterization(
        new pluginProto.PackageParameterization().setName(name).setVersion(version).setValue(value),
      );
    }
    return [dependency];
  });
}
