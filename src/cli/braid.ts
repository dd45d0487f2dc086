#!/usr/bin/env node
import { keepCompiled } from "./compiled";

// Of what is loaded from now on.
keepCompiled(process.env);
await import("./start");
