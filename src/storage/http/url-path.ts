/** The URL of a path below a folder; the query of the folder's URL is kept. */
export function urlBelow(folder: URL, path: string): URL {
  const url = new URL(folder);
  if (path !== '') url.pathname = withEndSlash(folder.pathname) + encodePath(path);
  return url;
}

/** Each step as it must stand in a URL, so that `?`, `#` and `%` are part of the name. */
export function encodePath(path: string): string {
  // By way of UTF-8, because half a surrogate pair cannot be encoded.
  const encode = (step: string): string => encodeURIComponent(Buffer.from(step, 'utf8').toString('utf8'));
  return path.split('/').map(encode).join('/');
}

/** The text without percent-encoding; as it is where that is broken. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function withEndSlash(path: string): string {
  return path.endsWith('/') ? path : `${path}/`;
}
