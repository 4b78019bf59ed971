#!/usr/bin/env node
import { main, nodeIo } from '../src/cli/index.ts';

process.exitCode = await main(process.argv.slice(2), nodeIo());
