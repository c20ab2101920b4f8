import { gzipSync } from "fflate";
import { scripts } from "./activation-script.ts";

const words = Buffer.from(gzipSync(Buffer.from(scripts.start), { level: 9, mtime: 0 }));

/**
 * A text of under half the size that does the same as the script that begins an activation, for the
 * state holds it twice for each machine. The same on each computer that deploys, whose own zlib may
 * differ. Apart from the scripts, which processes load that begin nothing by it.
 */
export const packedStart = `PATH=/run/current-system/sw/bin:$PATH
script=$(base64 -d <<'END' | gzip -d
${words.toString("base64")}
END
) && eval "$script"
`;
