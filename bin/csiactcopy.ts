#!/usr/bin/env node
import { nodeIo, runCommand } from '../src/ctools/index.ts';

process.exitCode = await runCommand('csiactcopy', process.argv.slice(2), nodeIo());
