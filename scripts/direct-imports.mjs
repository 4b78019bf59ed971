// Leads imports from the door of a module (`../fits/index.ts`) to the files that define what is imported. esbuild splits
// by the files that can be reached, and through a door all files of a module can be.
import { readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';

const NAMED = /^(import|export) (type )?\{([^}]*)\} from '(\.[^']*)';/gm;
const DEFINED =
  /^export (?:abstract )?(?:async )?(?:function\*?|const|let|class|interface|type|enum) ([A-Za-z_$][\w$]*)/gm;
const ALL = /^export \* from '(\.[^']*)';/gm;
/** An import through a door in another form; one of types only goes away by itself. */
const LEFT = /(?:^(?:import|export)\b(?! type\b)[^;'"]*|\bimport\()['"]\.[^'"]*\/index\.ts['"]/m;

/** An esbuild plugin. @throws {Error} for an import through a door that it cannot lead to the files that define what it names. */
export function directImports() {
  const known = new Map();
  const definitions = (file) => {
    if (!known.has(file)) known.set(file, definitionsIn(file, definitions));
    return known.get(file);
  };
  return {
    name: 'direct-imports',
    setup(build) {
      build.onLoad({ filter: /[/\\](src|bin)[/\\].*\.ts$/ }, ({ path }) => {
        const text = readFileSync(path, 'utf8');
        const [left] = LEFT.exec(text.replace(NAMED, '')) ?? [];
        if (left !== undefined) throw new Error(`${path} imports a whole module: ${left}`);
        const contents = text.replace(NAMED, (statement, verb, isType, names, from) => {
          if (isType !== undefined || !from.endsWith('/index.ts')) return statement;
          return directly(path, verb, names, definitions(resolve(dirname(path), from)));
        });
        return { contents, loader: 'ts' };
      });
    },
  };
}

/** The statement that imports each of the names from where it is defined, on the lines that it had. */
function directly(path, verb, names, defined) {
  const direct = namesOf(names).map(({ name, alias, isType }) => {
    const found = defined.get(name);
    if (found === undefined) throw new Error(`${path} imports "${name}", which nothing defines.`);
    const from = relative(dirname(path), found.file).replaceAll('\\', '/');
    const what = `${isType ? 'type ' : ''}${found.name} as ${alias}`;
    return `${verb} { ${what} } from '${from.startsWith('.') ? from : `./${from}`}';`;
  });
  return direct.join(' ') + names.replace(/[^\n]/g, '');
}

/** What a file exports, by name: the file that defines it, and its name there. */
function definitionsIn(file, definitions) {
  const text = readFileSync(file, 'utf8');
  const found = new Map();
  const behind = (from) => definitions(resolve(dirname(file), from));
  for (const [, from] of text.matchAll(ALL)) for (const [name, place] of behind(from)) found.set(name, place);
  for (const [, verb, , names, from] of text.matchAll(NAMED)) {
    if (verb !== 'export') continue;
    for (const { name, alias } of namesOf(names)) found.set(alias, behind(from).get(name));
  }
  for (const [, name] of text.matchAll(DEFINED)) found.set(name, { file, name });
  return found;
}

function namesOf(list) {
  const names = list.split(',').map((each) => each.trim());
  return names.filter(Boolean).map((each) => {
    const [name, alias = name] = each.replace(/^type /, '').split(' as ');
    return { name, alias, isType: each.startsWith('type ') };
  });
}
