#!/usr/bin/env node
import { csiactobs, nodeIo } from '../src/ctools/index.ts';

process.exitCode = await csiactobs(process.argv.slice(2), nodeIo());
