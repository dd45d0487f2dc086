#!/usr/bin/env node
import { keepCompiled } from "./compiled";
import { loadRest } from "./rest";

// Of what is loaded from now on.
await loadRest(keepCompiled(process.env));
