import { serve } from "../lib/serve.ts";
import { awsProvider } from "./provider.ts";

await serve(awsProvider);
