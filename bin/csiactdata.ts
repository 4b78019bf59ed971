#!/usr/bin/env node
import { csiactdata, nodeIo } from '../src/ctools/index.ts';

process.exitCode = await csiactdata(process.argv.slice(2), nodeIo());
