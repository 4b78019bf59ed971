import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDirectoryPage } from './directory-page.ts';

const folder = new URL('http://host/store/data/');
const entries = [
  { name: 'a b.fits', kind: 'file' },
  { name: 'a:b.fits', kind: 'file' },
  { name: 'c&d.fits', kind: 'file' },
  { name: 'sub', kind: 'directory' },
  { name: 'é.fits.gz', kind: 'file' },
];

describe('parseDirectoryPage()', () => {
  it('reads the page of nginx', () => {
    const page = `<html>\r\n<head><title>Index of /store/data/</title></head>\r\n<body>\r\n<h1>Index of /store/data/</h1><hr><pre><a href="../">../</a>
<a href="sub/">sub/</a>          13-Feb-2009 23:31       -
<a href="a%20b.fits">a b.fits</a>   13-Feb-2009 23:31    2880
<a href="a%3Ab.fits">a:b.fits</a>   13-Feb-2009 23:31    2880
<a href="c&amp;d.fits">c&amp;d.fits</a>   13-Feb-2009 23:31    2880
<a href="%C3%A9.fits.gz">é.fi..&gt;</a>   13-Feb-2009 23:31    2880
</pre><hr></body></html>`;
    expect(parseDirectoryPage(page, folder)).toEqual(entries);
  });

  it('reads the page of Apache, with its links for sorting, icons and parent', () => {
    const page = `<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN"><html><head>
<title>Index of /store/data</title></head><body><h1>Index of /store/data</h1><table>
<tr><th><a href="?C=N;O=D">Name</a></th><th><a href="?C=M;O=A">Last modified</a></th></tr>
<tr><td><a href="/store/">Parent Directory</a></td></tr>
<tr><td valign="top"><img src="/icons/folder.gif" alt="[DIR]"></td><td><a href="sub/">sub/</a></td></tr>
<tr><td><a href="a%20b.fits">a b.fits</a></td></tr><tr><td><a href="./a:b.fits">a:b.fits</a></td></tr>
<tr><td><A CLASS=x HREF='c&#38;d.fits'>c&amp;d.fits</a></td></tr>
<tr><td><a href="%c3%a9.fits.gz">é.fits.gz</a></td></tr>
</table><address>Apache <a href="http://httpd.apache.org/">Server</a></address></body></html>`;
    expect(parseDirectoryPage(page, folder)).toEqual(entries);
  });

  it("reads the page of Python's http.server", () => {
    const page = `<!DOCTYPE HTML><html lang="en"><head><meta charset="utf-8"><title>Directory listing for /store/data/</title>
</head><body><h1>Directory listing for /store/data/</h1><hr><ul>
<li><a href="a%20b.fits">a b.fits</a></li><li><a href="a%3Ab.fits">a:b.fits</a></li>
<li><a href="c%26d.fits">c&amp;d.fits</a></li><li><a href="sub/">sub/</a></li>
<li><a href="%C3%A9.fits.gz">é.fits.gz</a></li></ul><hr></body></html>`;
    expect(parseDirectoryPage(page, folder)).toEqual(entries);
  });

  it('reads the page of Caddy, unless it shows only the first entries', () => {
    const page = (more: string): string => `<!DOCTYPE html><html><head><title>data</title></head><body>
<h1><a href="../../">host</a>/<a href="../">store</a>/</h1><div id="summary">
  <span class="meta-item"><b>1</b> directory</span>${more}</div>
<a href="javascript:queryParam('layout', '')" id="layout-list">List</a>
<table><tr><th><a href="?sort=namedirfirst&order=desc" class="icon"></a></th></tr>
<tr class="file"><td><a href=".."><span class="go-up">Up</span></a></td></tr>
<tr class="file"><td><a href="./sub/"><span class="name">sub</span></a></td></tr>
<tr class="file"><td><a href="./a%20b.fits">x</a><a href="./a:b.fits">x</a><a href="./c&amp;d.fits">x</a></td></tr>
<tr class="file"><td><a href="./%C3%A9.fits.gz">x</a></td></tr></table>
<footer>Served with <a rel="noopener noreferrer" href="https://caddyserver.com">Caddy</a></footer></body></html>`;
    expect(parseDirectoryPage(page(''), folder)).toEqual(entries);
    const part = '<span class="meta-item">(of which only <b>5</b> are displayed)</span>';
    expect(parseDirectoryPage(page(part), folder)).toBeUndefined();
  });

  it('reads the JSON of nginx', () => {
    const rows = [
      { name: 'sub', type: 'directory', mtime: 'Fri, 13 Feb 2009 23:31:30 GMT' },
      { name: 'b', type: 'file', size: 2880 },
      { name: 'pipe', type: 'other' },
    ];
    const found = [
      { name: 'b', kind: 'file' },
      { name: 'sub', kind: 'directory' },
    ];
    expect(parseDirectoryPage(JSON.stringify(rows), folder)).toEqual(found);
    expect(parseDirectoryPage('[]', folder)).toEqual([]);
    for (const text of ['[1]', '[null]', '[{"name":"a"}]', '[', '{"datasets":[]}']) {
      expect(parseDirectoryPage(text, folder), text).toBeUndefined();
    }
  });

  it('takes only what lies directly in the folder', () => {
    const links = [
      'sub/deep.fits',
      '/other/x',
      'http://elsewhere/store/data/y',
      '..',
      '.',
      '%2e%2e/',
      'a%2Fb',
      '#top',
      '',
    ];
    const page = `<title>Index of /store/data/</title>${links.map((link) => `<a href="${link}">x</a>`).join('')}`;
    expect(parseDirectoryPage(page, folder)).toEqual([]);
  });

  it('refuses a page that is no listing', () => {
    const page = '<html><title>Our data</title><a href="a.fits">a</a> Index of terms</html>';
    expect(parseDirectoryPage(page, folder)).toBeUndefined();
  });

  it('never throws', () => {
    const piece = fc.constantFrom(
      '<title>Index of',
      '<a href="',
      "'",
      '&#99999999;',
      '&#x110000;',
      '%',
      '%zz',
      'a',
      '>',
    );
    fc.assert(fc.property(fc.array(piece), (pieces) => void parseDirectoryPage(pieces.join(''), folder)));
  });
});
