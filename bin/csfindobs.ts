#!/usr/bin/env node
import { csfindobs, nodeIo } from '../src/ctools/index.ts';

process.exitCode = await csfindobs(process.argv.slice(2), nodeIo());
