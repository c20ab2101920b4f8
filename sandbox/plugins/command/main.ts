import { serve } from "../lib/serve.ts";
import { commandProvider } from "./provider.ts";

await serve(commandProvider);
