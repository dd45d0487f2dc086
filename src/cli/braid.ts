#!/usr/bin/env node
import { loadRest } from "./rest";

await loadRest();
