#!/usr/bin/env node
import { csiactcopy, nodeIo } from '../src/ctools/index.ts';

process.exitCode = await csiactcopy(process.argv.slice(2), nodeIo());
